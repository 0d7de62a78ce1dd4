import type { Tokenizer } from '@huggingface/tokenizers'
import type { ModelFolder } from '../model-folder.ts'
import { openTokenizer } from '../runtime/tokenizer.ts'

interface TokenizerJson {
  readonly added_tokens?: readonly { readonly content: string; readonly special?: boolean }[]
  readonly model?: {
    readonly unk_token?: string | null
    readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[]
  }
}

/** Some tokenizers call their markers ordinary tokens; all of them are in brackets. */
const looksLikeMarker = /^▁?[<[].*[>\]]$/s

/** Below any score of a vocabulary. */
const never = -1e9

/** The tokenizer of a folder without its markers: no text becomes one, whatever it spells. */
export function plainTokenizer(model: Pick<ModelFolder, 'folder' | 'tokenizer' | 'tokenizerConfig'>): Tokenizer {
  const json = model.tokenizer as TokenizerJson
  const { added_tokens = [], model: words } = json
  const isMarker = ({ content, special }: { readonly content: string; readonly special?: boolean }): boolean =>
    (special === true || looksLikeMarker.test(content)) && content !== words?.unk_token
  const markers = new Set(added_tokens.filter(isMarker).map(({ content }) => content))
  const tokenizer = {
    ...json,
    added_tokens: added_tokens.filter((token) => !isMarker(token)),
    model: words?.vocab && { ...words, vocab: without(words.vocab, markers) },
  }
  return openTokenizer({ ...model, tokenizer })
}

/** A vocabulary without some words. Where a word's place is its number, it keeps the place and is never chosen. */
const without = (
  vocab: Readonly<Record<string, number>> | readonly (readonly [string, number])[],
  words: ReadonlySet<string>,
): object =>
  Array.isArray(vocab)
    ? vocab.map(([word, score]) => [word, words.has(word) ? never : score])
    : Object.fromEntries(Object.entries(vocab).filter(([word]) => !words.has(word)))
