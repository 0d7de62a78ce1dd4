/** The numbers of vectors, one after another, as bytes (float32, little-endian like every processor that Node.js runs on). */
export function toBytes(vectors: readonly Float32Array[]): Uint8Array {
  const dimensions = vectors[0]?.length ?? 0
  const numbers = new Float32Array(vectors.length * dimensions)
  for (const [i, vector] of vectors.entries()) numbers.set(vector, i * dimensions)
  return new Uint8Array(numbers.buffer)
}

/** A copy of the numbers. */
export function fromBytes(bytes: ArrayBuffer | Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes.byteLength)
  copy.set(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes)
  return new Float32Array(copy.buffer)
}
