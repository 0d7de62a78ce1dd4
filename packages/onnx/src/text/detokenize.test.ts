import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { describe, expect, it } from 'vitest'
import { detokenizer } from './detokenize.ts'
import { random } from './random.ts'
import { tokenBytes } from './token-bytes.ts'

const folder = dirname(createRequire(import.meta.url).resolve('@anymodel/model-smollm2-135m-instruct/package.json'))
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

/** Byte tokens as `<0xNN>`, spaces as `▁`: the form of Llama 2, Mistral and Gemma. */
const fallbackJson = {
  version: '1.0',
  added_tokens: [],
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  pre_tokenizer: null,
  post_processor: null,
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
  model: {
    type: 'BPE',
    unk_token: null,
    byte_fallback: true,
    merges: [],
    vocab: Object.fromEntries([
      ...Array.from({ length: 256 }, (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, byte]),
      ...[...'▁abcdefghijklmnopqrstuvwxyz,.!é'].map((character, i) => [character, 256 + i]),
    ]),
  },
}

const awkward = [
  'plain words',
  ' leading and  double  spaces ',
  'wörld naïve Ünïcödé',
  '👩‍👩‍👧‍👦 family, 🏳️‍🌈 flag, 👍🏽 skin',
  '日本語の文章。中文。한국어',
  'e\u0301 combining, \u200b zero width, \ufeff mark',
  'line\nbreaks\r\n\ttabs\u0000null',
  'the character \ufffd itself',
  '𝕳𝖊𝖑𝖑𝖔 𐍈',
  'code: if (a<b && c>=d) { return [x, y]; } // 100%',
  "it's we'll don't , . ! ?",
]

const tokenizers: [name: string, json: Record<string, unknown>, config: object][] = [
  ['byte-level BPE', read(`${folder}/tokenizer.json`), read(`${folder}/tokenizer_config.json`)],
  ['BPE with byte fallback', fallbackJson, { clean_up_tokenization_spaces: false }],
]

describe.each(tokenizers)('%s', (_name, json, config) => {
  const tokenizer = new Tokenizer(json, config)
  const bytes = tokenBytes(tokenizer, json)
  const pieces = (tokens: readonly number[]) => {
    const decoder = detokenizer(bytes.dropsLeadingSpace)
    return tokens.map((token) => decoder.push(bytes.of(token)))
  }
  const whole = (tokens: number[]) => tokenizer.decode(tokens, { skip_special_tokens: true })

  it.each(awkward)('puts %j together from its tokens', (text) => {
    const tokens = tokenizer.encode(text, { add_special_tokens: false }).ids
    const found = pieces(tokens)
    expect(found.join('')).toBe(text)
    // The library takes a byte order mark out where it decodes fallback bytes.
    expect(found.join('').replace('\ufeff', '')).toBe(whole(tokens).replace('\ufeff', ''))
    if (!text.includes('\ufffd')) for (const piece of found) expect(piece).not.toContain('\ufffd')
  })

  it('never shows half a character, wherever the tokens stop', () => {
    const tokens = tokenizer.encode(awkward.filter((text) => !text.includes('\ufffd')).join(' '), {
      add_special_tokens: false,
    }).ids
    for (let end = 1; end < tokens.length; end++) expect(pieces(tokens.slice(0, end)).join('')).not.toContain('\ufffd')
  })
})

it('equals a full decode of any tokens, also of bytes that are no text', () => {
  const [, json, config] = tokenizers[0] as (typeof tokenizers)[0]
  const tokenizer = new Tokenizer(json, config)
  const bytes = tokenBytes(tokenizer, json)
  const draw = random(11)
  for (let round = 0; round < 200; round++) {
    const tokens = Array.from({ length: 30 }, () => Math.floor(draw() * (round % 2 ? 49_152 : 300)))
    const decoder = detokenizer(bytes.dropsLeadingSpace)
    const text = tokens.map((token) => decoder.push(bytes.of(token))).join('')
    // What waits for its last byte is not shown; a decoder that sees the end gives it as U+FFFD.
    expect(tokenizer.decode(tokens, { skip_special_tokens: true }).startsWith(text)).toBe(true)
    expect(tokenizer.decode(tokens, { skip_special_tokens: true }).slice(text.length)).toMatch(/^\ufffd{0,3}$/)
  }
})

it('refuses decoders whose tokens have no bytes', () => {
  const tokenizer = new Tokenizer(fallbackJson, {})
  expect(() => tokenBytes(tokenizer, { decoder: { type: 'WordPiece' } })).toThrow(/WordPiece/)
})
