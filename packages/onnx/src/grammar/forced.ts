import type { Head, Term, Terms, TokenTrie, Walker } from './term/term.ts'
import { newMask } from './vocabulary/bits.ts'
import { goesOn } from './vocabulary/nodes.ts'
import type { Vocabulary } from './vocabulary/trie.ts'

/** The longest run that is handed over at once. */
const mostBytes = 512
/** A token that begins in the run and ends behind it can begin at one of so many tokens before the end. */
const mostDropped = 4

/** Bytes that must follow, up to where there is a choice, and what may come then. */
function forcedBytes(terms: Terms, start: Term): { readonly bytes: Uint8Array; readonly rest: Term } {
  const bytes: number[] = []
  let term = start
  while (bytes.length < mostBytes) {
    const byte = terms.nullable(term) ? -1 : soleByte(terms.heads(term))
    if (byte < 0) break
    bytes.push(byte)
    term = terms.after(term, byte)
  }
  return { bytes: Uint8Array.from(bytes), rest: term }
}

function soleByte(heads: readonly Head[]): number {
  const sole = heads[0]?.terminal.sole ?? -1
  return heads.every(({ terminal }) => terminal.sole === sole) ? sole : -1
}

/**
 * The tokens that must follow, as the tokenizer writes them. The last ones are left out where a token that the vocabulary has could begin in them and end behind them: the model may want that one
 * (`"order` or `"orderId`).
 */
export function forcedTokens(terms: Terms, walker: Walker, vocabulary: Vocabulary, start: Term): readonly number[] {
  const { bytes, rest } = forcedBytes(terms, start)
  if (bytes.length === 0) return []
  const text = wholeCharacters(bytes)
  const whole = bytes.subarray(0, Buffer.byteLength(text))
  const tokens = text === '' ? [] : vocabulary.encode(text)
  if (!writes(vocabulary, tokens, whole)) return []
  const left = bytes.subarray(whole.length)
  const behind = left.length > 0 ? undefined : rest
  return tokens.slice(0, tokens.length - spanned({ terms, walker, vocabulary, tokens, left, behind }))
}

/** The text of the bytes up to the last whole character. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
}

/** True when tokens write exactly these bytes: some tokenizers put a space in front, and bytes that begin within a character are no text. */
function writes(vocabulary: Vocabulary, tokens: readonly number[], bytes: Uint8Array): boolean {
  return Buffer.concat(tokens.map((token) => vocabulary.bytes(token))).equals(bytes)
}

interface Run {
  readonly terms: Terms
  readonly walker: Walker
  readonly vocabulary: Vocabulary
  readonly tokens: readonly number[]
  /** Bytes behind the tokens that are no whole character. */
  readonly left: Uint8Array
  /** What may come behind the tokens; `undefined` where `left` does. */
  readonly behind: Term | undefined
}

/** How many of the last tokens a longer token may take the place of. */
function spanned({ terms, walker, vocabulary, tokens, left, behind }: Run): number {
  const next = (node: number): boolean => {
    if (!goesOn(walker.trie, node)) return false
    if (!behind) return child(walker.trie, node, left[0] as number) >= 0
    const mask = newMask(vocabulary.size)
    if (behind !== terms.empty) walker.walk(node, behind, mask)
    return mask.some((word) => word !== 0)
  }
  for (let count = Math.min(mostDropped, tokens.length); count > 0; count--) {
    const node = find(walker.trie, Buffer.concat(tokens.slice(-count).map((token) => vocabulary.bytes(token))))
    if (node >= 0 && next(node)) return count
  }
  return 0
}

/** The node of some bytes; -1: no token begins so. */
function find(trie: TokenTrie, bytes: Uint8Array): number {
  let node = 0
  for (const byte of bytes) if (node >= 0) node = child(trie, node, byte)
  return node
}

function child({ byte, end }: TokenTrie, node: number, wanted: number): number {
  for (let at = node + 1; at < (end[node] as number); at = end[at] as number) if (byte[at] === wanted) return at
  return -1
}
