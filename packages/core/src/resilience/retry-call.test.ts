import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { EmbeddingModel } from '../contract/embedding.ts'
import type { RerankModel } from '../contract/rerank.ts'
import { AnyModelError, type ErrorCode, type ErrorInfo } from '../errors.ts'
import { embedMany } from '../generate/embed-many.ts'
import { rerank } from '../generate/rerank.ts'
import { withRetry } from './retry.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const failure = (code: ErrorCode, info?: ErrorInfo) => new AnyModelError(code, 'failed', info)

/** A model that fails in these ways, one after another, then answers; when it was asked is kept. */
function failing(...errors: Error[]): EmbeddingModel & { at: number[] } {
  const at: number[] = []
  return {
    provider: 'test',
    id: 'm',
    maxBatch: 1,
    at,
    async embed({ values }) {
      const error = errors[at.push(Date.now()) - 1]
      if (error) throw error
      return { embeddings: values.map(() => Float32Array.of(1)), usage: {}, warnings: [] }
    },
  }
}

const settled = async <T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown }> => {
  const outcome = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  await vi.runAllTimersAsync()
  return outcome
}

it('an embedding request that fails is asked again, after the wait that the service wants', async () => {
  const model = failing(failure('rate-limit', { retryAfter: 2_000 }))
  const { value } = await settled(embedMany({ model: withRetry(model), values: ['a', 'b'], concurrency: 1 }))
  expect(value?.embeddings).toHaveLength(2)
  expect(model.at).toHaveLength(3)
  expect((model.at[1] as number) - (model.at[0] as number)).toBe(2_000)
})

it('what can not succeed, and what fails too often, is not asked again', async () => {
  const wrong = failing(failure('bad-request'))
  expect((await settled(embedMany({ model: withRetry(wrong), values: ['a'] }))).error).toMatchObject({
    code: 'bad-request',
  })
  expect(wrong.at).toHaveLength(1)
  const down = failing(...Array.from({ length: 5 }, () => failure('server')))
  expect((await settled(embedMany({ model: withRetry(down, { attempts: 2 }), values: ['a'] }))).error).toMatchObject({
    code: 'server',
  })
  expect(down.at).toHaveLength(2)
  const patient = failing(failure('rate-limit', { retryAfter: 60_000 }))
  expect((await settled(embedMany({ model: withRetry(patient), values: ['a'] }))).error).toMatchObject({
    retryAfter: 60_000,
  })
})

it('an abort ends the wait', async () => {
  const controller = new AbortController()
  const model = failing(failure('rate-limit', { retryAfter: 10_000 }))
  const call = embedMany({ model: withRetry(model), values: ['a'], signal: controller.signal })
  setTimeout(() => controller.abort('enough'), 100)
  expect(await settled(call)).toEqual({ error: 'enough' })
  expect(model.at).toHaveLength(1)
})

it('rankings are asked for again too', async () => {
  let calls = 0
  const model: RerankModel = {
    provider: 'test',
    id: 'm',
    async rerank() {
      if (calls++ === 0) throw failure('network')
      return { ranking: [{ index: 0, score: 1 }], usage: {}, warnings: [] }
    },
  }
  const { value } = await settled(rerank({ model: withRetry(model), query: 'q', documents: ['d'] }))
  expect(value?.ranking).toEqual([{ index: 0, score: 1, document: 'd' }])
})
