import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Tokenizer } from '@huggingface/tokenizers'
import type { Vocabulary } from '../../grammar/vocabulary/trie.ts'
import { tokenBytes } from '../../text/token-bytes.ts'

const encoder = new TextEncoder()

/** A vocabulary of single bytes and these longer tokens; the last token ends. It writes with the longest token that fits. */
export function byteVocabulary(longer: readonly string[] = []): Vocabulary {
  const words = [
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
    ...longer.map((text) => encoder.encode(text)),
  ]
  const end = words.length
  return {
    size: end + 1,
    bytes: (token) => words[token] ?? new Uint8Array(0),
    ends: new Set([end]),
    encode: (text) => greedy(words, encoder.encode(text)),
  }
}

function greedy(words: readonly Uint8Array[], bytes: Uint8Array): number[] {
  const tokens: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let best = bytes[at] as number
    for (const [token, word] of words.entries())
      if (word.length > (words[best]?.length ?? 0) && word.every((byte, i) => bytes[at + i] === byte)) best = token
    tokens.push(best)
    at += words[best]?.length ?? 1
  }
  return tokens
}

/** The vocabulary of the built-in model. */
export function smolVocabulary(): Vocabulary {
  const folder = new URL('../../../../model-smollm2-135m-instruct/', import.meta.url)
  const read = (name: string) => JSON.parse(readFileSync(fileURLToPath(new URL(name, folder)), 'utf8'))
  const json = read('tokenizer.json')
  const tokenizer = new Tokenizer(json, read('tokenizer_config.json'))
  const { of } = tokenBytes(tokenizer, json)
  return {
    size: 49_152,
    bytes: of,
    ends: new Set([0, 2]),
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
  }
}
