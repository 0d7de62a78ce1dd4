import { describe, expect, it } from 'vitest'
import type { EmbeddingCall, EmbeddingModel } from '../contract/embedding.ts'
import { cosineSimilarity } from './cosine-similarity.ts'
import { embed } from './embed.ts'
import { embedMany } from './embed-many.ts'
import { rerank } from './rerank.ts'

/** A model whose vector of a text is its length; what it is asked is kept. */
function lengths(overrides: Partial<EmbeddingModel> = {}): EmbeddingModel & { calls: EmbeddingCall[] } {
  const calls: EmbeddingCall[] = []
  return {
    provider: 'mock',
    id: 'lengths',
    calls,
    async embed(call) {
      calls.push(call)
      await new Promise((resolve) => setTimeout(resolve, call.values.length))
      return {
        embeddings: call.values.map((value) => Float32Array.of(value.length)),
        usage: { input: call.values.length },
        warnings: [{ option: 'dimensions', message: 'not here' }],
      }
    },
    ...overrides,
  }
}

const values = ['a', 'bb', 'ccc', 'dddd', 'eeeee']

describe('embedMany', () => {
  it('makes as many requests as the model needs and keeps the order', async () => {
    const model = lengths({ maxBatch: 2 })
    const seen: number[] = []
    const { embeddings, usage, warnings } = await embedMany({
      model,
      values,
      dimensions: 1,
      onProgress: ({ done, total }) => seen.push(done, total),
    })
    expect(embeddings.map(([length]) => length)).toEqual([1, 2, 3, 4, 5])
    expect(model.calls.map((call) => call.values.length)).toEqual([2, 2, 1])
    expect(model.calls.every((call) => call.dimensions === 1)).toBe(true)
    expect(usage).toEqual({ input: 5 })
    expect(warnings).toHaveLength(1)
    expect(seen.slice(-2)).toEqual([5, 5])
  })

  it('has at most so many requests under way', async () => {
    let now = 0
    let most = 0
    const model = lengths({
      maxBatch: 1,
      async embed({ values }) {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 1))
        now--
        return { embeddings: values.map(() => Float32Array.of(0)), usage: {}, warnings: [] }
      },
    })
    await embedMany({ model, values, concurrency: 2 })
    expect(most).toBe(2)
  })

  it('the first request that fails ends the others', async () => {
    const aborted: unknown[] = []
    const broken = new Error('broken')
    const model = lengths({
      maxBatch: 1,
      embed: ({ values, signal }) =>
        new Promise((_, reject) => {
          if (values[0] === 'a') return reject(broken)
          signal?.addEventListener('abort', () => {
            aborted.push(signal.reason)
            reject(signal.reason)
          })
        }),
    })
    await expect(embedMany({ model, values })).rejects.toBe(broken)
    expect(aborted).toEqual([broken, broken, broken])
  })

  it('after a failure nothing more is asked, even of a model that hears no abort', async () => {
    const asked: string[] = []
    const model = lengths({
      maxBatch: 1,
      async embed({ values: [value = ''] }) {
        asked.push(value)
        await new Promise((resolve) => setTimeout(resolve, value.length))
        if (value === 'a') throw new Error('broken')
        return { embeddings: [Float32Array.of(1)], usage: {}, warnings: [] }
      },
    })
    await expect(embedMany({ model, values, concurrency: 2 })).rejects.toThrow('broken')
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(asked).toEqual(['a', 'bb'])
  })

  it('an abort rejects with its reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const model = lengths({
      embed: ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('x')))),
    })
    const result = embedMany({ model, values, signal: controller.signal })
    controller.abort(reason)
    await expect(result).rejects.toBe(reason)
  })

  it('asks nobody for nothing', async () => {
    const model = lengths()
    expect(await embedMany({ model, values: [] })).toEqual({ embeddings: [], usage: {}, warnings: [] })
    expect(model.calls).toEqual([])
  })

  it.each<[string, number[][], RegExp]>([
    ['too few', [[1]], /1 vectors for 2 values/],
    ['empty', [[], []], /empty/],
    ['of different lengths', [[1], [1, 2]], /different lengths/],
    ['no numbers', [[1], [Number.NaN]], /no number/],
  ])('vectors that are %s are no answer', async (_name, vectors, message) => {
    const embeddings = vectors.map((vector) => Float32Array.from(vector))
    const model = lengths({ embed: async () => ({ embeddings, usage: {}, warnings: [] }) })
    await expect(embedMany({ model, values: ['a', 'b'] })).rejects.toMatchObject({
      code: 'malformed',
      model: 'lengths',
      message: expect.stringMatching(message),
    })
  })

  it.each<[string, object, RegExp]>([
    ['a name for a model', { model: 'x' }, /the text "x".*anymodel/],
    ['a model of another kind', { model: { stream() {} } }, /another kind/],
    ['no list', { values: 'a' }, /must be a list/],
    ['an empty text', { values: ['a', ''] }, /values\[1\] is empty/],
    ['no text', { values: [1] }, /values\[0\] must be a text, not number/],
    ['no concurrency', { concurrency: 0 }, /concurrency/],
    ['a model that takes nothing', { model: lengths({ maxBatch: 0 }) }, /maxBatch of mock\/lengths/],
  ])('%s is an invalid argument', async (_name, wrong, message) => {
    const options = { model: lengths(), values, ...wrong } as never
    await expect(embedMany(options)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    })
  })
})

it.each(['', 1, undefined])('embed takes a text, not %o', async (value) => {
  await expect(embed({ model: lengths(), value: value as string })).rejects.toMatchObject({
    code: 'invalid-argument',
    message: 'value must be a text that is not empty.',
  })
})

it('embed gives the one vector, and takes a function that gives the model', async () => {
  const { embedding } = await embed({ model: async () => lengths(), value: 'four' })
  expect([...embedding]).toEqual([4])
})

it('similarity is the cosine', () => {
  expect(cosineSimilarity([1, 0], [2, 0])).toBe(1)
  expect(cosineSimilarity([1, 0], [0, 3])).toBe(0)
  expect(cosineSimilarity([1, 1], [-1, -1])).toBeCloseTo(-1, 12)
  expect(cosineSimilarity([0, 0], [1, 1])).toBe(0)
  expect(() => cosineSimilarity([1], [1, 2])).toThrow(/1 and 2 numbers/)
})

describe('rerank', () => {
  const model = (ranking: { index: number; score: number }[]) => ({
    provider: 'mock',
    id: 'judge',
    rerank: async () => ({ ranking, usage: {}, warnings: [] }),
  })

  it('gives the documents back', async () => {
    const { ranking } = await rerank({ model: model([{ index: 1, score: 2 }]), query: 'q', documents: ['a', 'b'] })
    expect(ranking).toEqual([{ index: 1, score: 2, document: 'b' }])
  })

  it('not more than were asked for', async () => {
    const all = [0, 1].map((index) => ({ index, score: 1 }))
    const { ranking } = await rerank({ model: model(all), query: 'q', documents: ['a', 'b'], limit: 1 })
    expect(ranking.map(({ index }) => index)).toEqual([0])
  })

  it.each([
    { index: 2, score: 2 },
    { index: 0.5, score: 2 },
    { index: 0, score: Number.NaN },
  ])('a ranking with %o is malformed', async (ranked) => {
    const answer = rerank({ model: model([ranked]), query: 'q', documents: ['a', 'b'] })
    await expect(answer).rejects.toMatchObject({ code: 'malformed' })
  })

  it.each([[{ query: '' }], [{ documents: 'a' }], [{ documents: [1] }], [{ limit: 0 }]])(
    '%o is an invalid argument',
    async (wrong) => {
      const options = { model: model([]), query: 'q', documents: ['a'], ...wrong } as never
      await expect(rerank(options)).rejects.toMatchObject({ code: 'invalid-argument' })
    },
  )
})
