import type { Term, Terms } from './term.ts'

/** Texts of fixed bytes; one character stands for one byte. */
export interface Literals {
  /** Exactly these bytes. */
  of(bytes: string): Term
  /** The same for a tag, which models may also write as one special token of this text. */
  tag(bytes: string): Term
}

/** Text as a string of bytes. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** Makes literals. */
export function literals(terms: Terms): Literals {
  const make = (bytes: string, tag?: string): Term =>
    bytes === ''
      ? terms.empty
      : terms.terminal(`${tag === undefined ? 'literal' : 'tag'}:${bytes}`, () => {
          const first = bytes.charCodeAt(0)
          return {
            nullable: false,
            sole: first,
            next: (byte) => (byte === first ? make(bytes.slice(1)) : terms.never),
            ...(tag !== undefined && { tag }),
          }
        })
  return { of: (bytes) => make(bytes), tag: (text) => make(bytesOf(text), text) }
}
