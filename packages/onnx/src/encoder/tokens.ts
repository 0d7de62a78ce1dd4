import type { Tokenizer } from '@huggingface/tokenizers'

/** A text, or a pair of texts, as an encoder reads it. */
export interface Tokens {
  readonly ids: readonly number[]
  /** 0 for the first text, 1 for the second; none where the tokenizer does not say. */
  readonly types: readonly number[]
  /** True when some of it was left out, since the model reads no more. */
  readonly cut: boolean
}

/** No token stands for more characters than this on average, so texts need not be tokenized beyond. */
const charactersPerToken = 64

/** Tokenizes a text or a pair, at most `longest` tokens with those that the model puts around it. Of a pair the longer half is cut first. */
export function toTokens(tokenizer: Tokenizer, longest: number, text: string, pair?: string): Tokens {
  const halves = (pair === undefined ? [text] : [text, pair]).map((half) => half.slice(0, longest * charactersPerToken))
  const [first = '', second = null] = halves
  const whole = tokenizer.encode(first, { text_pair: second, add_special_tokens: true, return_token_type_ids: true })
  // Not every tokenizer tells the texts of a pair apart.
  const types: readonly number[] = whole.token_type_ids ?? []
  const shortened = first.length < text.length || (pair !== undefined && (second as string).length < pair.length)
  if (whole.ids.length <= longest) return { ids: whole.ids, types, cut: shortened }
  const bare = halves.map((half) => tokenizer.encode(half, { add_special_tokens: false }).ids)
  const kept = keptIndexes(whole.ids, bare, longest)
  return {
    ids: kept.map((at) => whole.ids[at] as number),
    types: kept.map((at) => types[at] ?? 0),
    cut: true,
  }
}

/** Which tokens stay: all that the model puts around the texts, and the beginning of each text. */
function keptIndexes(whole: readonly number[], texts: readonly (readonly number[])[], longest: number): number[] {
  const around = whole.length - texts.reduce((sum, { length }) => sum + length, 0)
  const room = roomFor(
    texts.map(({ length }) => length),
    Math.max(0, longest - around),
  )
  const kept: number[] = []
  let at = 0
  for (const [index, text] of texts.entries()) {
    const start = find(whole, text, at)
    for (; at < start; at++) kept.push(at)
    for (let i = 0; i < (room[index] as number); i++) kept.push(start + i)
    at = start + text.length
  }
  for (; at < whole.length; at++) kept.push(at)
  return kept
}

/** How much of each text fits: shorter ones stay whole. */
function roomFor(lengths: readonly number[], room: number): number[] {
  const shortest = Math.min(...lengths)
  if (lengths.length === 1 || shortest > room / 2)
    return lengths.map((_, i) => (i === 0 ? Math.ceil : Math.floor)(room / lengths.length))
  return lengths.map((length) => (length === shortest ? length : Math.min(length, room - shortest)))
}

/** Where `part` begins in `whole`, at `from` or later. */
function find(whole: readonly number[], part: readonly number[], from: number): number {
  for (let at = from; at + part.length <= whole.length; at++) if (part.every((id, i) => whole[at + i] === id)) return at
  return from
}
