/** Precisions in the order of preference when a name asks for none, and how their files end: `onnx/model<suffix>.onnx`. */
export const dtypes = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const

export type Dtype = keyof typeof dtypes
