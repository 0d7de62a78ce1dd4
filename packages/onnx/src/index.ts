export type { Dtype } from './dtypes.ts'
export { type LoadProgress, type Onnx, type OnnxOptions, onnx } from './onnx.ts'
