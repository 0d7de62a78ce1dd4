/** A sum of vectors of one length, each with a factor. */
export function combine(...terms: readonly (readonly [factor: number, vector: Float32Array])[]): Float32Array {
  const sum = new Float32Array(terms[0]?.[1].length ?? 0)
  for (const [factor, vector] of terms)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + factor * (vector[i] as number)
  return sum
}
