import { AnyModelError } from '../errors.ts'

/** How alike two vectors are: from -1 to 1, 0 when one of them is all zeros. Throws `invalid-argument` for vectors of different lengths. */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new AnyModelError(
      'invalid-argument',
      `The vectors have ${a.length} and ${b.length} numbers: only vectors of one model and length can be compared.`,
    )
  let product = 0
  let lengthA = 0
  let lengthB = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number
    const y = b[i] as number
    product += x * y
    lengthA += x * x
    lengthB += y * y
  }
  const lengths = Math.sqrt(lengthA) * Math.sqrt(lengthB)
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, product / lengths))
}
