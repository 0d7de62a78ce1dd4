import { AnyModelError } from '@anymodel/core'

export interface SplitOptions {
  /** Most that a chunk may measure: characters (UTF-16 code units), or what `count` counts. Default 800. */
  readonly size?: number
  /** At most this much of the chunk before is repeated at the beginning of a chunk, in whole words. Less than half of `size`. Default an eighth of `size`. */
  readonly overlap?: number
  /** Measures a text, for example in tokens: `(text) => tokenizer.encode(text).length`. Default: its length. */
  readonly count?: (text: string) => number
}

/** How large a chunk may be, and how that is told. */
export interface Budget {
  readonly size: number
  readonly overlap: number
  /** Of `text.slice(start, end)`. */
  readonly measure: (start: number, end: number) => number
}

/** A token of more characters than that is not expected: longer texts are too large without being counted, which keeps the time linear. */
const charactersPerToken = 32

/** The options with their defaults, for one text. Throws `invalid-argument` for sizes that can't be kept. */
export function budgetOf(text: string, { size = 800, overlap = Math.floor(size / 8), count }: SplitOptions): Budget {
  if (!Number.isInteger(size) || size < 1) {
    throw new AnyModelError('invalid-argument', `size is ${size}: give a whole number of at least 1.`)
  }
  if (!Number.isInteger(overlap) || overlap < 0 || overlap * 2 >= Math.max(size, 1)) {
    throw new AnyModelError(
      'invalid-argument',
      `overlap is ${overlap}: give a whole number from 0 to less than half of size (${size}).`,
    )
  }
  if (!count) return { size, overlap, measure: (start, end) => end - start }
  const measure = (start: number, end: number): number =>
    end - start > size * charactersPerToken ? end - start : count(text.slice(start, end))
  return { size, overlap, measure }
}
