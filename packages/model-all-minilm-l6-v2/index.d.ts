/** The folder of this model, for `@anymodel/onnx`: `onnx().embedding('npm:@anymodel/model-all-minilm-l6-v2')`. */
declare const folder: URL
export default folder
