/** The folder of this model, for `@anymodel/onnx`: `onnx().image('npm:@anymodel/model-shapes-diffusion')`. */
declare const folder: URL
export default folder
