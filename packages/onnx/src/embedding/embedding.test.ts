import { embed, embedMany } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { type ToyEncoderOptions, toyEncoder } from '../testing/toy-encoder.ts'
import { toyModel } from '../testing/toy-model.ts'

const local = onnx()
afterAll(() => local.close())

const modules = (...names: string[]) =>
  ['Transformer', ...names].map((name, idx) => ({
    idx,
    name: String(idx),
    path: name === 'Pooling' ? '1_Pooling' : '',
    type: `sentence_transformers.models.${name}`,
  }))
const model = (options: ToyEncoderOptions = {}) => local.embedding(`dir:${toyEncoder(options)}`)
const pooled = (config: object, ...more: string[]) =>
  model({ files: { 'modules.json': modules('Pooling', ...more), '1_Pooling/config.json': config } })

/** `one two` is read as [CLS] one two [SEP]: 2 4 5 3. */
const value = 'one two'

describe('a text becomes one vector', () => {
  it.each([
    ['cls_token', [2, 4]],
    ['mean_tokens', [3.5, 7]],
    ['max_tokens', [5, 10]],
    ['mean_sqrt_len_tokens', [7, 14]],
    ['weightedmean_tokens', [3.7, 7.4]],
    ['lasttoken', [3, 6]],
  ])('by pooling_mode_%s', async (name, expected) => {
    const { embedding } = await embed({ model: pooled({ [`pooling_mode_${name}`]: true }), value })
    for (const [at, number] of expected.entries()) expect(embedding[at]).toBeCloseTo(number, 5)
  })

  it('by several poolings, joined', async () => {
    const both = pooled({ pooling_mode_cls_token: true, pooling_mode_lasttoken: true, word_embedding_dimension: 2 })
    expect([...(await embed({ model: both, value })).embedding]).toEqual([2, 4, 3, 6])
  })

  it('without the tokens of the prompt where the model says so', async () => {
    const one = model({
      files: {
        'config_sentence_transformers.json': { prompts: { query: 'seven ' }, default_prompt_name: 'query' },
        'modules.json': modules('Pooling'),
        '1_Pooling/config.json': { pooling_mode_max_tokens: true, include_prompt: false },
      },
    })
    expect([...(await embed({ model: one, value })).embedding]).toEqual([5, 10])
  })

  it('that the graph gives itself, stretched only where the model says so', async () => {
    const plain = model({ gives: 'vectors' })
    expect([...(await embed({ model: plain, value })).embedding]).toEqual([14])
    const stretched = model({
      gives: 'vectors',
      files: { 'modules.json': modules('Pooling', 'Normalize'), '1_Pooling/config.json': {} },
    })
    expect([...(await embed({ model: stretched, value })).embedding]).toEqual([1])
  })

  it('also by a graph that wants a cache', async () => {
    const files = { 'modules.json': modules('Pooling'), '1_Pooling/config.json': { pooling_mode_lasttoken: true } }
    const { embeddings } = await embedMany({ model: model({ decoder: true, files }), values: [value, 'one'] })
    expect(embeddings.map((vector) => [...vector])).toEqual([
      [3, 6],
      [3, 6],
    ])
  })

  it('also when the tokenizer puts nothing around it, however long it is', async () => {
    const files = { '1_Pooling/config.json': { pooling_mode_lasttoken: true } }
    const bare = model({ bare: true, longest: 2, files: { ...files, 'modules.json': modules('Pooling') } })
    const { embeddings, warnings } = await embedMany({ model: bare, values: ['one two seven', ' ', 'seven'] })
    expect(embeddings.map(([first]) => first)).toEqual([5, 0, 10])
    expect(warnings).toMatchObject([{ option: 'values' }])
  })

  it('of length 1 where the model says so, and where it says nothing', async () => {
    for (const one of [model(), pooled({ pooling_mode_mean_tokens: true }, 'Normalize')])
      expect((await embed({ model: one, value })).embedding[0]).toBeCloseTo(1 / Math.sqrt(5), 5)
  })
})

describe('many texts', () => {
  it('come back in their order, whatever their lengths', async () => {
    const values = ['seven', 'one two three four five', 'two', 'six six', 'one']
    const one = pooled({ pooling_mode_max_tokens: true })
    const { embeddings, usage } = await embedMany({ model: one, values })
    expect(embeddings.map(([first]) => first)).toEqual([10, 8, 5, 9, 4])
    expect(usage).toEqual({ input: 20, total: 20 })
  })

  it('are cut to what the model reads, with a warning', async () => {
    const short = model({
      longest: 4,
      files: { 'modules.json': modules('Pooling'), '1_Pooling/config.json': { pooling_mode_max_tokens: true } },
    })
    const { embeddings, warnings, usage } = await embedMany({ model: short, values: ['one two seven', 'one'] })
    expect(embeddings.map(([first]) => first)).toEqual([5, 4])
    expect(usage.input).toBe(4 + 3)
    expect(warnings).toMatchObject([{ option: 'values', message: expect.stringContaining('1 of 2 texts') }])
  })

  it('are cut to what the tokenizer knows of the model', async () => {
    const short = model({
      longest: 16,
      files: { 'tokenizer_config.json': { pad_token: '[PAD]', model_max_length: 3 } },
    })
    const { usage } = await embedMany({ model: short, values: ['one two seven'] })
    expect(usage.input).toBe(3)
  })

  it('a query does not wait for all of a library', async () => {
    const one = model()
    await embed({ model: one, value })
    const ended: string[] = []
    const values = Array.from({ length: 2_048 }, () => 'one two three four five six seven one two three')
    const library = embedMany({ model: one, values }).then(() => ended.push('library'))
    await embed({ model: one, value }).then(() => ended.push('query'))
    await library
    expect(ended).toEqual(['query', 'library'])
  })

  it('an abort ends them', async () => {
    const reason = new Error('enough')
    await expect(embedMany({ model: model(), values: ['one'], signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('options', () => {
  it('a purpose puts the prompt of the model in front', async () => {
    const prompts = { query: 'seven ', passage: 'six ' }
    const one = model({
      files: {
        'config_sentence_transformers.json': { prompts },
        'modules.json': modules('Pooling'),
        '1_Pooling/config.json': { pooling_mode_max_tokens: true },
      },
    })
    const first = async (purpose?: 'query' | 'document') =>
      (await embed({ model: one, value: 'one', ...(purpose && { purpose }) })).embedding[0]
    expect([await first(), await first('query'), await first('document')]).toEqual([4, 10, 9])
  })

  it('vectors are cut and stretched again, with a warning unless the model was trained for it', async () => {
    const mean = { 'modules.json': modules('Pooling'), '1_Pooling/config.json': { pooling_mode_mean_tokens: true } }
    const { embedding, warnings } = await embed({ model: model({ files: mean }), value, dimensions: 1 })
    expect([...embedding]).toEqual([1])
    expect(warnings).toMatchObject([{ option: 'dimensions' }])
    const trained = model({
      files: { ...mean, 'config.json': { max_position_embeddings: 16, matryoshka_dimensions: [1, 2] } },
    })
    expect((await embed({ model: trained, value, dimensions: 1 })).warnings).toEqual([])
    await expect(embed({ model: trained, value, dimensions: 3 })).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('a folder that does not say how its tokens are pooled is warned of, and the call may say it', async () => {
    const unsaid = pooled({})
    expect((await embed({ model: unsaid, value })).warnings).toMatchObject([
      { option: 'extra', message: expect.stringContaining('1_Pooling/config.json') },
    ])
    const { embedding, warnings } = await embed({ model: unsaid, value, extra: { pooling: 'lasttoken' } })
    expect([...embedding]).toEqual([3, 6])
    expect(warnings).toEqual([])
    await expect(embed({ model: unsaid, value, extra: { pooling: 'average' } })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('lasttoken'),
    })
    const half = model({ files: { '1_Pooling/config.json': { pooling_mode_cls_token: true } } })
    expect((await embed({ model: half, value })).warnings).toEqual([])
  })

  it('files that say nonsense are taken as saying nothing', async () => {
    const files = {
      'config.json': { max_position_embeddings: 16, matryoshka_dimensions: 5 },
      'config_sentence_transformers.json': { prompts: null, default_prompt_name: 7 },
      'sentence_bert_config.json': { max_seq_length: 'long' },
      '1_Pooling/config.json': { pooling_mode_max_tokens: 'yes' },
    }
    const { embedding } = await embed({ model: model({ files }), value, dimensions: 1, purpose: 'query' })
    expect([...embedding]).toEqual([1])
  })
})

describe('a folder that can not be used says why', () => {
  it.each<[string, () => string, RegExp]>([
    ['a reranker', () => toyEncoder({ gives: 'pairs' }), /no embedding model: it gives logits/],
    ['a text model', () => toyModel({ says: 'x' }), /no embedding model: it gives logits/],
    [
      'a dense layer outside the graph',
      () => toyEncoder({ files: { 'modules.json': modules('Pooling', 'Dense'), '1_Pooling/config.json': {} } }),
      /dense layer/,
    ],
    [
      'a pooling folder that leads out',
      () => toyEncoder({ files: { 'modules.json': [{ type: 'a.Pooling', path: '../../etc' }] } }),
      /no folder of the model/,
    ],
    ['modules that are no list', () => toyEncoder({ files: { 'modules.json': {} } }), /modules\.json is damaged/],
  ])('%s', async (_name, folder, message) => {
    const error: unknown = await embed({ model: local.embedding(`dir:${folder()}`), value }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'config', provider: 'onnx', message: expect.stringMatching(message) })
  })
})
