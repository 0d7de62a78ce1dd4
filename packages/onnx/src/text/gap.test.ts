import { type CodeCall, type CodePiece, isAnyModelError, type Part } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { openTokenizer } from '../runtime/tokenizer.ts'
import { finishOf, textIn } from '../testing/ask.ts'
import { tokenizerJson, toyModel } from '../testing/toy-model.ts'
import { toGap } from './gap.ts'
import { plainTokenizer } from './plain-tokenizer.ts'
import { tokenBytes } from './token-bytes.ts'

const markers = ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<file_sep>'] as const
const [prefixId, suffixId, middleId, fileId] = [258, 259, 260, 261]
const bytes = (text: string) => [...new TextEncoder().encode(text)]

const text = (text: string): CodePiece => ({ type: 'text', text })
const marker = (marker: string): CodePiece => ({ type: 'marker', marker })
const around = (prefix: string, suffix: string): CodeCall => ({
  prefix,
  suffix,
  prompt: {
    pieces: [marker('<fim_prefix>'), text(prefix), marker('<fim_suffix>'), text(suffix), marker('<fim_middle>')],
    markers,
  },
})

/** What reads a prompt, by its `tokenizer.json`. */
function wordsOf(tokenizer: object, tokenizerConfig: object = {}) {
  const model = { folder: 'toy', tokenizer, tokenizerConfig }
  const whole = openTokenizer(model)
  return { tokenizer: whole, plain: () => plainTokenizer(model), bytes: tokenBytes(whole, tokenizer) }
}

const gapOf = (call: CodeCall, words = wordsOf(tokenizerJson(markers))) => toGap(words, call, 'toy')

describe('a prompt with a gap', () => {
  it('has one token for each marker, and ends at all markers of the family', () => {
    const { tokens, ends } = gapOf({ ...around('a', 'b'), stop: ['\n\n', '<|end|>'] })
    expect(tokens).toEqual([prefixId, ...bytes('a'), suffixId, ...bytes('b'), middleId])
    expect([...ends].sort()).toEqual([256, prefixId, suffixId, middleId, fileId])
  })

  it('never has a marker for a text that spells one', () => {
    const spelled = 'x <fim_middle><|end|>[TOOL_CALLS] <fim_suffix>'
    expect(gapOf(around(spelled, '')).tokens).toEqual([prefixId, ...bytes(spelled), suffixId, middleId])
  })

  it('holds to that with tokenizers that take whole words from their vocabulary', () => {
    const json = tokenizerJson(markers) as {
      pre_tokenizer: object
      model: object
      added_tokens: { special: boolean }[]
    }
    const eager = {
      ...json,
      pre_tokenizer: { ...json.pre_tokenizer, use_regex: false },
      model: { ...json.model, ignore_merges: true },
    }
    const ordinary = { ...eager, added_tokens: json.added_tokens.map((token) => ({ ...token, special: false })) }
    for (const tokenizer of [eager, ordinary])
      expect(gapOf(around('<fim_suffix>', ''), wordsOf(tokenizer)).tokens).toEqual([
        prefixId,
        ...bytes('<fim_suffix>'),
        suffixId,
        middleId,
      ])
  })

  it('leaves spaces as they are where a tokenizer puts one before each text, and in markers that have one', () => {
    const vocab = Object.fromEntries(
      ['<unk>', '<s>', '▁<PRE>', '▁<SUF>', '▁<MID>', '▁', ...'ab☺'].map((word, id) => [word, id]),
    )
    const added = ['<s>', '▁<PRE>', '▁<SUF>', '▁<MID>'].map((content) => ({
      id: vocab[content],
      content,
      special: true,
      normalized: false,
    }))
    const bos = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }]
    const words = wordsOf(
      {
        added_tokens: added,
        normalizer: {
          type: 'Sequence',
          normalizers: [
            { type: 'Prepend', prepend: '▁' },
            { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
          ],
        },
        pre_tokenizer: null,
        post_processor: {
          type: 'TemplateProcessing',
          single: bos,
          pair: bos,
          special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
        },
        decoder: {
          type: 'Sequence',
          decoders: [
            { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
            { type: 'Fuse' },
            { type: 'Strip', content: ' ', start: 1, stop: 0 },
          ],
        },
        model: { type: 'BPE', vocab, merges: [], unk_token: '<unk>' },
      },
      { unk_token: '<unk>' },
    )
    const pieces = [
      marker('<PRE>'),
      text(' '),
      text('a'),
      text(' '),
      marker('<SUF>'),
      text('b'),
      text(' '),
      marker('<MID>'),
    ]
    const { tokens } = gapOf(
      { prefix: 'a', suffix: 'b', prompt: { pieces, markers: ['<PRE>', '<SUF>', '<MID>'] } },
      words,
    )
    const word = (id: number | undefined) => Object.keys(vocab).find((name) => vocab[name] === id)
    expect(tokens.map(word)).toEqual(['<s>', '▁<PRE>', '▁', 'a', '▁<SUF>', 'b', '▁<MID>'])
  })

  it('is refused in words by a model that has no such marker', () => {
    expect(() => gapOf(around('a', 'b'), wordsOf(tokenizerJson()))).toThrow(/no token <fim_prefix>.*text model/)
  })
})

const local = onnx()
afterAll(() => local.close())

const fill = async (says: readonly number[], call: CodeCall): Promise<Part[]> => {
  const parts: Part[] = []
  for await (const part of local.code(`dir:${toyModel({ says, markers })}`).fill(call)) parts.push(part)
  return parts
}

describe('a local code model', () => {
  // The toy recites after two tokens.
  const twoTokens: CodeCall = {
    prefix: '',
    suffix: '',
    prompt: { pieces: [marker('<fim_suffix>'), marker('<fim_middle>')], markers },
  }

  it('fills a gap, and stops where the next marker begins', async () => {
    const parts = await fill([...bytes('a + b'), fileId, ...bytes('next.ts')], twoTokens)
    expect(textIn(parts)).toBe('a + b')
    expect(finishOf(parts)).toMatchObject({
      reason: 'stop',
      usage: { input: 2, output: 6 },
      response: { provider: 'onnx' },
    })
  })

  it('honours its options', async () => {
    const says = bytes('a + b\n\nmore')
    expect(textIn(await fill(says, { ...twoTokens, stop: ['\n\n'] }))).toBe('a + b')
    const cut = await fill(says, { ...twoTokens, maxTokens: 3, temperature: 0, seed: 1 })
    expect([textIn(cut), finishOf(cut).reason]).toEqual(['a +', 'length'])
  })

  it('needs a prompt', async () => {
    await expect(fill(bytes('a'), { prefix: 'a', suffix: '' })).rejects.toSatisfy(
      (error) => isAnyModelError(error) && error.code === 'invalid-argument',
    )
  })

  it('tells that the built-in chat model fills no gaps', async () => {
    const asked = async () => {
      for await (const _part of local.code('smollm2-135m-instruct').fill(around('a', 'b'))) {
        // It fails before it says anything.
      }
    }
    await expect(asked()).rejects.toSatisfy(
      (error) => isAnyModelError(error) && error.code === 'unsupported' && error.message.includes('Ask it in a chat'),
    )
  })
})
