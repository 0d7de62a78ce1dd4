/** The folder of this model, for `@anymodel/onnx`: `onnx().text('npm:@anymodel/model-smollm2-135m-instruct')`. */
declare const folder: URL
export default folder
