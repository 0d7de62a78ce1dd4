import { random } from '../text/random.ts'

/** Numbers that are normally distributed with mean 0 and deviation 1, as many as are asked for. */
export type Noise = (length: number) => Float32Array

/** Noise from a seed, the same on every machine: pairs of uniform numbers of `random` made normal (Box and Muller, 1958). Every draw goes on where the last one ended. */
export function seededNoise(seed: number): Noise {
  const uniform = random(seed)
  let spare: number | undefined
  const normal = (): number => {
    if (spare !== undefined) {
      const second = spare
      spare = undefined
      return second
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  return (length) => Float32Array.from({ length }, normal)
}
