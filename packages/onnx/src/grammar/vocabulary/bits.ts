/** An empty mask, a bit per token. */
export const newMask = (vocabulary: number): Uint32Array => new Uint32Array(Math.ceil(vocabulary / 32))

/** Adds a token. */
export function addToken(mask: Uint32Array, token: number): void {
  mask[token >>> 5] = (mask[token >>> 5] as number) | (1 << (token & 31))
}

/** True when a mask allows a token. */
export const allows = (mask: Uint32Array, token: number): boolean =>
  (((mask[token >>> 5] ?? 0) >>> (token & 31)) & 1) === 1

/** Adds all tokens of another mask. */
export function merge(mask: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] as number) | (other[i] as number)
}
