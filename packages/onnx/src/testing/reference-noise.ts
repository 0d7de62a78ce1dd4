/** The noise that the references of diffusion models were computed with: a linear congruential generator, each normal the sum of twelve of its numbers. */
export function referenceNoise(seed: number, length: number): Float32Array {
  let state = seed
  const uniform = (): number => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Float32Array.from({ length }, () => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += uniform()
    return sum
  })
}
