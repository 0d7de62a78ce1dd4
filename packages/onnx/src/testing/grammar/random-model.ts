import type { Constraint, Vocabulary } from '../../grammar/index.ts'
import { allows } from '../../grammar/vocabulary/bits.ts'
import type { Random } from '../../text/random.ts'

/** What a model wrote under a grammar. */
export interface Written {
  readonly text: string
  readonly tokens: readonly number[]
  /** False: the limit came first. */
  readonly whole: boolean
}

/**
 * The worst model there is: it takes any token that the mask allows. From `patience` tokens on it takes what looks like an end where it can, as a model does that has said what it wanted.
 */
export function writeAtRandom(
  constraint: Constraint,
  vocabulary: Vocabulary,
  random: Random,
  { patience = 40, limit = 2_000, forced = false }: { patience?: number; limit?: number; forced?: boolean } = {},
): Written {
  const tokens: number[] = []
  while (tokens.length < limit) {
    if (forced) take(constraint.forced())
    const allowed = tokensIn(constraint.mask(), vocabulary.size)
    const candidates = tokens.length < patience ? allowed : closing(vocabulary, allowed)
    const token = candidates[Math.floor(random() * candidates.length)] as number
    if (vocabulary.ends.has(token)) {
      constraint.advance(token)
      return { text: textOf(vocabulary, tokens), tokens, whole: true }
    }
    take([token])
  }
  return { text: textOf(vocabulary, tokens), tokens, whole: false }

  function take(list: readonly number[]): void {
    for (const token of list) {
      constraint.advance(token)
      tokens.push(token)
    }
  }
}

/** The tokens of a mask. */
export function tokensIn(mask: Uint32Array, size: number): number[] {
  const tokens: number[] = []
  for (let token = 0; token < size; token++) if (allows(mask, token)) tokens.push(token)
  return tokens
}

/** What ends a string, then what ends an array or object. */
const closers = [['"'], [']', '}']].map((group) => group.map((character) => character.charCodeAt(0)))

function closing(vocabulary: Vocabulary, allowed: readonly number[]): readonly number[] {
  const ends = allowed.filter((token) => vocabulary.ends.has(token))
  if (ends.length > 0) return ends
  for (const group of closers) {
    const closes = allowed.filter((token) => isOneOf(vocabulary.bytes(token), group))
    if (closes.length > 0) return closes
  }
  return allowed
}

const isOneOf = (bytes: Uint8Array, wanted: readonly number[]): boolean =>
  bytes.length === 1 && wanted.includes(bytes[0] as number)

/** The text of some tokens. Throws when it is no UTF-8. */
export const textOf = (vocabulary: Vocabulary, tokens: readonly number[]): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    Buffer.concat(tokens.map((token) => vocabulary.bytes(token))),
  )

/** True when the constraint, over a vocabulary of single bytes, takes a value as JSON, its keys in any order that the grammar has. */
export function accepts(constraint: Constraint, value: unknown): boolean {
  const start = constraint.mark()
  const found = write(value, () => constraint.accepting)
  constraint.rewind(start)
  return found

  function write(part: unknown, then: () => boolean): boolean {
    if (Array.isArray(part)) return bytes('[', () => items(part, 0, () => bytes(']', then)))
    if (typeof part !== 'object' || part === null) return bytes(JSON.stringify(part), then)
    return bytes('{', () => members(Object.entries(part), true, () => bytes('}', then)))
  }

  function items(list: readonly unknown[], at: number, then: () => boolean): boolean {
    if (at === list.length) return then()
    return bytes(at > 0 ? ', ' : '', () => write(list[at], () => items(list, at + 1, then)))
  }

  function members(entries: readonly [string, unknown][], first: boolean, then: () => boolean): boolean {
    if (entries.length === 0) return then()
    return entries.some(([key, inner]) =>
      bytes(`${first ? '' : ', '}${JSON.stringify(key)}: `, () =>
        write(inner, () =>
          members(
            entries.filter(([other]) => other !== key),
            false,
            then,
          ),
        ),
      ),
    )
  }

  function bytes(text: string, then: () => boolean): boolean {
    const before = constraint.mark()
    const fits = takes(constraint, text) && then()
    if (!fits) constraint.rewind(before)
    return fits
  }
}

/** Feeds a text byte by byte; false when one is not allowed. */
export function takes(constraint: Constraint, text: string): boolean {
  try {
    for (const byte of Buffer.from(text)) constraint.advance(byte)
    return true
  } catch {
    return false
  }
}
