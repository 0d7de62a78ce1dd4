/** The folder of this model, for `@anymodel/onnx`: `onnx().image('npm:@anymodel/model-shapes-diffusion')`. */
export default new URL('./', import.meta.url)
