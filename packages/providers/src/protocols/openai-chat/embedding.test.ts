import { isAnyModelError } from '@anymodel/core'
import { expect, test } from 'vitest'
import { embeddingFormat } from './embedding.ts'

const target = { provider: 'p', model: 'm' }
const base64 = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64')

test('vectors come as base64 or as numbers, in the order of the values', () => {
  const data = [
    { index: 1, embedding: [0.5, -2] },
    { index: 0, embedding: base64(1, 0.25) },
  ]
  const usage = { prompt_tokens: 4, total_tokens: 4 }
  const { embeddings, usage: counted } = embeddingFormat({ base64: true }).result(
    { data, usage },
    { values: ['a', 'b'] },
  )
  expect(embeddings.map((vector) => [...vector])).toEqual([
    [1, 0.25],
    [0.5, -2],
  ])
  expect(counted).toMatchObject({ input: 4, total: 4 })
})

test('the length of the vectors goes where the service has it, or is warned of', () => {
  const call = { values: ['a'], dimensions: 256 }
  const named = embeddingFormat({ base64: false, dimensions: 'output_dimension' }).request(call, target)
  expect(named).toMatchObject({ path: '/embeddings', body: { output_dimension: 256 }, warnings: [] })
  const without = embeddingFormat({ base64: true }).request(call, target)
  expect(without.body).toEqual({ model: 'm', input: ['a'], encoding_format: 'base64' })
  expect(without.warnings).toMatchObject([{ option: 'dimensions' }])
})

test.each([
  [{}],
  [{ data: [] }],
  [{ data: [{ index: 0, embedding: [null] }] }],
  [{ data: [{ index: 0, embedding: { 0: 1 } }] }],
  [{ data: [{ index: 0, embedding: 'AAAA' }] }],
  [
    {
      data: [
        { index: 0, embedding: [1] },
        { index: 1, embedding: [1] },
      ],
    },
  ],
])('an answer without one vector per value is malformed: %j', (body) => {
  expect(() => embeddingFormat({ base64: false }).result(body, { values: ['a'] })).toThrow(
    expect.toSatisfy((error) => isAnyModelError(error) && error.code === 'malformed'),
  )
})
