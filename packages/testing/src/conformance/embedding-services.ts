import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { type ErrorCode, embed, embedMany, type Json } from '@anymodel/core'
import type { ModelServer, Served } from '../server/model-server.ts'
import { type EmbeddingWire, vectorOf, vectorsFor } from '../wire/embedding-wire.ts'
import { type Case, contains, dropped, failure, lastRequest, soon, untouched } from './case.ts'
import type { EmbeddingContext } from './embeddings.ts'
import { keyOf, shown } from './errors.ts'

/** What a case works with that needs a service. */
export interface EmbeddingServiceContext extends EmbeddingContext {
  readonly server: ModelServer
  readonly wire: EmbeddingWire
}

/** Answers every request with vectors that are changed before they are sent. */
const changed =
  (wire: EmbeddingWire, change: (vectors: number[][]) => unknown[]): Served =>
  ({ body }) => ({ body: wire.answer(change(vectorsFor(wire, body)) as number[][], body) })

const numbers = (vector: Float32Array): number[] => [...vector]

/** What goes to the service, and what comes back. */
export const embeddingRequests: readonly Case<EmbeddingServiceContext>[] = [
  {
    name: 'vectors arrive as they were sent',
    async run({ server, model }) {
      server.reply([{ type: 'finish', usage: { input: 12 } }])
      const { embeddings, usage } = await model.embed({ values: ['one', 'two', 'three'] })
      assert.deepEqual(
        embeddings.map(numbers),
        ['one', 'two', 'three'].map((text) => vectorOf(text)),
      )
      assert.equal(usage.input, 12)
    },
  },
  {
    name: 'tokens that the service did not count are undefined, never 0',
    async run({ model }) {
      assert.equal((await model.embed({ values: ['one'] })).usage.input, undefined)
    },
  },
  {
    name: 'headers and extra reach the service',
    async run({ server, model }) {
      await model.embed({ values: ['one'], headers: { 'x-team': 'search' }, extra: { priority: 'low-17' } })
      const { headers, body } = lastRequest(server)
      assert.equal(headers['x-team'], 'search')
      assert.ok(contains(body, 'low-17'), 'extra must be in the body')
    },
  },
  {
    name: 'more values than the service takes go in several requests',
    async run({ server, model }) {
      const { maxBatch } = model
      const count = (maxBatch ?? 200) + 1
      const values = Array.from({ length: count }, (_, at) => `text ${at}`)
      const { embeddings } = await embedMany({ model, values })
      assert.deepEqual(
        embeddings.map(numbers),
        values.map((text) => vectorOf(text)),
      )
      assert.equal(server.requests.length, maxBatch === undefined ? 1 : 2)
      assert.deepEqual(server.requests.map(({ refused }) => refused).filter(Boolean), [])
    },
  },
]

/** Bodies under success that hold no vectors. */
const nothing: readonly (readonly [string, Json | string])[] = [
  ['nothing', ''],
  ['a page', '<html><body>Sign in</body></html>'],
  ['null', 'null'],
  ['a list', '[]'],
  ['another object', '{"ok":true}'],
  ['half an object', '{"data":[{"index":0,'],
]

/** Vectors that are none. */
const wrong: readonly (readonly [string, (vectors: number[][]) => unknown[]])[] = [
  ['too few', (all) => all.slice(1)],
  ['too many', (all) => [...all, all[0]]],
  ['one that is empty', ([first, ...more]) => [[], first, ...more].slice(0, more.length + 1)],
  ['without numbers', ([first, ...more]) => [first?.map(() => 'x'), ...more]],
  ['of different lengths', ([first, ...more]) => [first?.slice(1), ...more]],
]

/** Answers that are none must not look like vectors. */
export const brokenEmbeddings: readonly Case<EmbeddingServiceContext>[] = [
  {
    name: 'a body without vectors is malformed',
    async run({ server, model }) {
      for (const [name, body] of nothing) {
        server.reply({ body, headers: { 'content-type': 'application/json' } })
        const { code, provider } = await failure(embed({ model, value: 'one' }))
        assert.deepEqual([code, provider], ['malformed', model.provider], name)
      }
    },
  },
  {
    name: 'vectors that do not belong to the values are malformed',
    async run({ server, model, wire }) {
      for (const [name, vectors] of wrong) {
        server.reply(changed(wire, vectors))
        const { code } = await failure(embedMany({ model, values: ['one', 'two', 'three'] }))
        assert.equal(code, 'malformed', name)
      }
    },
  },
  {
    name: 'an answer that breaks off is an error worth a second try',
    async run({ server, model }) {
      for (const fault of [{ dropAt: 20 }, { dropAt: -1 }]) {
        server.reply(fault)
        const error = await failure(embed({ model, value: 'one' }))
        assert.ok(['network', 'truncated', 'malformed'].includes(error.code), error.code)
        assert.equal(error.retryable, true)
      }
    },
  },
]

const statuses: readonly (readonly [number, ErrorCode, boolean])[] = [
  [400, 'bad-request', false],
  [401, 'auth', false],
  [404, 'not-found', false],
  [429, 'rate-limit', true],
  [500, 'server', true],
]

/** Errors of the service. */
export const embeddingErrors: readonly Case<EmbeddingServiceContext>[] = [
  {
    name: 'error responses have a code, and say who failed, with which status and request id',
    async run({ server, model }) {
      for (const [status, code, retryable] of statuses) {
        server.reply({ error: { status, message: 'Something is wrong with field-17' } })
        const error = await failure(embed({ model, value: 'one' }))
        assert.deepEqual([error.code, error.retryable, error.status], [code, retryable, status])
        assert.deepEqual([error.provider, error.model, error.requestId], [model.provider, model.id, 'req_served'])
        assert.ok(error.message.includes('field-17'), error.message)
      }
    },
  },
  {
    name: 'the wait that a service asks for is in the error',
    async run({ server, model }) {
      server.reply({ error: { status: 429, message: 'Slow down.' }, headers: { 'retry-after': '2' } })
      assert.equal((await failure(embed({ model, value: 'one' }))).retryAfter, 2_000)
    },
  },
  {
    name: 'a key that the service repeats does not show in the error',
    async run({ server, model }) {
      await model.embed({ values: ['one'] })
      const key = keyOf(lastRequest(server))
      server.reply({ error: { status: 401, message: `Incorrect API key provided: ${key}.` } })
      const error = await failure(embed({ model, value: 'one' }))
      assert.ok(!shown(error).includes(key), 'the key must not be shown')
    },
  },
]

/** Aborts that a service sees. */
export const embeddingServiceAborts: readonly Case<EmbeddingServiceContext>[] = [
  {
    name: 'an abort before the call sends nothing',
    async run({ server, model }) {
      await model.embed({ values: ['one'], signal: AbortSignal.abort('no') }).catch(() => {})
      await untouched(server)
    },
  },
  {
    name: 'an abort while the service is silent rejects with the reason and closes the connection',
    async run({ server, model }) {
      server.reply({ silentAfter: 'request' })
      const controller = new AbortController()
      const call = embedMany({ model, values: ['one', 'two'], signal: controller.signal })
      const rejected = assert.rejects(call, (error) => error === 'enough')
      while (server.requests.length === 0) await wait(1)
      controller.abort('enough')
      await soon(rejected, 'the rejection')
      await dropped(server)
    },
  },
]
