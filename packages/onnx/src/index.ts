export type { Dtype } from './names.ts'
export { type LoadProgress, type Onnx, type OnnxOptions, onnx } from './onnx.ts'
