import { existsSync, readFileSync } from 'node:fs'
import { cosineSimilarity, embed, embedMany } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'

const path = '../shared/models/all-minilm-l6-v2/reference.json'
const cases: { text: string; input_ids: number[]; embedding: number[] }[] = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8')).cases
  : []

const local = onnx()
const model = local.embedding('all-minilm-l6-v2')
afterAll(() => local.close())

describe.skipIf(cases.length === 0)('all-minilm-l6-v2 (skipped without ../shared/models)', () => {
  it('gives the vectors of the reference, whatever they are batched with', async () => {
    const { embeddings, usage } = await embedMany({ model, values: cases.map(({ text }) => text) })
    for (const [at, { embedding }] of cases.entries())
      expect(cosineSimilarity(embeddings[at] as Float32Array, embedding)).toBeGreaterThan(0.998)
    expect(usage.input).toBe(cases.reduce((sum, { input_ids }) => sum + input_ids.length, 0))
    for (const [at, { text }] of cases.entries()) {
      const { embedding } = await embed({ model, value: text })
      expect(cosineSimilarity(embedding, embeddings[at] as Float32Array)).toBeGreaterThan(0.9999)
    }
  })
})

const glove = '../shared/models/glove-20k-100d-onnx'

describe.skipIf(!existsSync(glove))('glove-20k-100d (skipped without ../shared/models)', () => {
  it('gives the vectors of its graph, also of a text without a single token', async () => {
    const { embeddings, warnings } = await embedMany({
      model: local.embedding(`dir:${glove}`),
      values: ['cat', 'dog', 'tax', ' '],
    })
    const [cat, dog, tax, nothing] = embeddings as [Float32Array, Float32Array, Float32Array, Float32Array]
    expect(cosineSimilarity(cat, dog)).toBeGreaterThan(cosineSimilarity(cat, tax) + 0.2)
    expect(nothing).toHaveLength(100)
    expect(warnings).toEqual([])
    expect((await embed({ model: local.embedding(`dir:${glove}`), value: ' ' })).embedding).toEqual(nothing)
  })
})
