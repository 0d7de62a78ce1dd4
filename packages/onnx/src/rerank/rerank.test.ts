import { rerank } from '@anymodel/core'
import { afterAll, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { type ToyEncoderOptions, toyEncoder } from '../testing/toy-encoder.ts'

const local = onnx()
afterAll(() => local.close())

const model = (options: ToyEncoderOptions = {}) => local.rerank(`dir:${toyEncoder({ gives: 'pairs', ...options })}`)
const raw = {
  'config.json': { max_position_embeddings: 16, sbert_ce_default_activation_function: 'torch.nn.Identity' },
}
const documents = ['one', 'seven', 'two three', 'one']

it('documents come best first, equal ones in their order', async () => {
  // [CLS] one [SEP] document [SEP]: 2 + 4 + 3 + 3 = 12 stand around every document.
  const { ranking, usage, warnings } = await rerank({ model: model({ files: raw }), query: 'one', documents })
  expect(ranking).toEqual([
    { index: 2, score: 12 + 11, document: 'two three' },
    { index: 1, score: 12 + 10, document: 'seven' },
    { index: 0, score: 12 + 4, document: 'one' },
    { index: 3, score: 12 + 4, document: 'one' },
  ])
  expect(usage.input).toBe(5 + 5 + 6 + 5)
  expect(warnings).toEqual([])
})

it('scores lie between 0 and 1 unless the model says otherwise', async () => {
  const { ranking } = await rerank({ model: model(), query: 'one', documents: ['one'], limit: 1 })
  expect(ranking[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-16)), 6)
})

it('of two logits the second says yes', async () => {
  const { ranking } = await rerank({ model: model({ classes: 2 }), query: 'one', documents: ['one'] })
  expect(ranking[0]?.score).toBeCloseTo(1 / (1 + Math.exp(16 - 32)), 6)
})

it('the graph is told which text a token belongs to', async () => {
  const { ranking } = await rerank({
    model: model({ files: raw, typed: true }),
    query: 'one',
    documents: ['two three'],
  })
  // Two words and the mark behind them are of the second text.
  expect(ranking[0]?.score).toBe(12 + 11 + 3)
})

it('only as many come back as are wanted', async () => {
  const { ranking } = await rerank({ model: model({ files: raw }), query: 'one', documents, limit: 2 })
  expect(ranking.map(({ index }) => index)).toEqual([2, 1])
})

it('of a pair that is too long the longer half is cut, with a warning', async () => {
  const config = { ...raw['config.json'], max_position_embeddings: 7 }
  const short = model({ files: { 'config.json': config } })
  const { ranking, warnings, usage } = await rerank({
    model: short,
    query: 'one',
    documents: ['one two three four five'],
  })
  expect(ranking[0]?.score).toBe(12 + 4 + 5 + 6)
  expect(usage.input).toBe(7)
  expect(warnings).toMatchObject([{ option: 'documents' }])
})

it('a model that sorts into classes is none', async () => {
  await expect(rerank({ model: model({ classes: 3 }), query: 'one', documents })).rejects.toMatchObject({
    code: 'config',
    message: expect.stringMatching(/3 classes/),
  })
})
