/** The folder of this model, for `@anymodel/onnx`: `onnx().text('npm:@anymodel/model-smollm2-135m-instruct')`. */
export default new URL('./', import.meta.url)
