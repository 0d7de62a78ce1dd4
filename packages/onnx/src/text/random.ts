/** Uniform numbers in [0, 1) with 53 random bits; the same seed gives the same sequence on every machine. */
export type Random = () => number

/** A generator of its own for one request: xoshiro128** (Blackman and Vigna, 2018), its state filled by splitmix32. Without a seed it starts anywhere. */
export function random(seed: number = Math.random() * 2 ** 53): Random {
  const bits = new Uint32Array(new Float64Array([seed]).buffer)
  let mixed = (bits[0] as number) ^ Math.imul(bits[1] as number, 0x9e3779b1)
  const fill = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0
    let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
    return word ^ (word >>> 15)
  }
  let a = fill()
  let b = fill()
  let c = fill()
  let d = fill()
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result >>> 0
  }
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))
