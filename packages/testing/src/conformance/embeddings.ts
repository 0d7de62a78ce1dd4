import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { cosineSimilarity, type EmbeddingModel, type EmbeddingResult, embed, embedMany } from '@anymodel/core'
import { type Case, failure, soon } from './case.ts'

/** What a case works with that needs no service of its own. */
export interface EmbeddingContext {
  readonly model: EmbeddingModel
}

const texts = [
  'A cat sleeps on the sofa.',
  'Rates.',
  'The invoice for the order of last week has not been paid, although it was due on Friday.',
  'Der Zug nach Graz fährt um sieben.',
]

/** What input from outside may look like. */
const odd = [
  ' ',
  '\n\n',
  '\u0000',
  '🙂👩‍👩‍👧',
  'مرحبا',
  '\ud800',
  '[CLS] [SEP] <s> </s> [MASK]',
  '日本語のテキスト',
  'a'.repeat(2_000),
]

/** What must hold of any vectors whatsoever. */
function checkVectors({ embeddings, usage }: Pick<EmbeddingResult, 'embeddings' | 'usage'>, count: number): void {
  assert.equal(embeddings.length, count, 'there must be one vector for each value')
  const lengths = new Set(embeddings.map(({ length }) => length))
  assert.equal(lengths.size, 1, 'all vectors must have one length')
  assert.ok(!lengths.has(0), 'vectors must not be empty')
  for (const vector of embeddings) {
    assert.ok(vector instanceof Float32Array, 'a vector must be a Float32Array')
    assert.ok(vector.every(Number.isFinite), 'a vector must have numbers only')
  }
  const { raw: _raw, ...counts } = usage
  for (const [name, tokens] of Object.entries(counts))
    assert.ok(
      tokens === undefined || (Number.isInteger(tokens) && tokens > 0),
      `usage.${name} is ${String(tokens)}: what was not counted is undefined`,
    )
}

const alike = (a: Float32Array | undefined, b: Float32Array | undefined): number => {
  assert.ok(a && b)
  return cosineSimilarity(a, b)
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  soon(
    promise.then(
      () => assert.fail('it must reject'),
      (error: unknown) => error,
    ),
    'the rejection',
    30_000,
  )

/** Values, and what becomes of them. */
export const vectors: readonly Case<EmbeddingContext>[] = [
  {
    name: 'there is one vector for each value, in their order, the same as for the value alone',
    async run({ model }) {
      const together = await model.embed({ values: texts })
      checkVectors(together, texts.length)
      for (const [at, value] of texts.entries()) {
        const { embedding } = await embed({ model, value })
        for (const [other, vector] of together.embeddings.entries())
          assert.equal(alike(embedding, vector) > 0.999, other === at, `value ${at} and vector ${other}`)
      }
    },
  },
  {
    name: 'any text has a vector',
    async run({ model }) {
      checkVectors(await model.embed({ values: odd }), odd.length)
    },
  },
  {
    name: 'a text that is far too long has a vector, or an error that says so',
    async run({ model }) {
      const call = { values: ['word '.repeat(60_000)] }
      try {
        checkVectors(await model.embed(call), 1)
      } catch {
        const { code } = await failure(model.embed(call))
        assert.ok(code === 'context-length' || code === 'bad-request', code)
      }
    },
  },
  {
    name: 'vectors are as long as was asked for, or there is a warning or an error about it',
    async run({ model }) {
      const call = { values: texts, dimensions: 4 }
      try {
        const result = await model.embed(call)
        checkVectors(result, texts.length)
        const warned = result.warnings.some(({ option }) => option === 'dimensions')
        assert.ok(warned || result.embeddings[0]?.length === 4, `vectors have ${result.embeddings[0]?.length} numbers`)
      } catch {
        const { code } = await failure(model.embed(call))
        assert.ok(code === 'unsupported' || code === 'bad-request', code)
      }
    },
  },
  {
    name: 'a purpose is understood or ignored',
    async run({ model }) {
      for (const purpose of ['query', 'document'] as const)
        checkVectors(await model.embed({ values: texts, purpose }), texts.length)
    },
  },
  {
    name: 'calls at once do not mix',
    async run({ model }) {
      const alone = await model.embed({ values: texts })
      const calls = Array.from({ length: 8 }, (_, at) => ({ values: [texts[at % texts.length] as string] }))
      const results = await Promise.all(calls.map((call) => model.embed(call)))
      for (const [at, { embeddings }] of results.entries())
        assert.ok(alike(embeddings[0], alone.embeddings[at % texts.length]) > 0.999, `call ${at}`)
    },
  },
  {
    name: 'a call is not changed',
    async run({ model }) {
      const call = Object.freeze({ values: Object.freeze([...texts]), headers: Object.freeze({ 'x-test': '1' }) })
      await model.embed(call)
      assert.deepEqual(call.values, texts)
    },
  },
  {
    name: 'no values ask nobody, and make no vectors',
    async run({ model }) {
      const asked: unknown[] = []
      const watched: EmbeddingModel = {
        ...model,
        embed(call) {
          asked.push(call)
          return model.embed(call)
        },
      }
      assert.deepEqual((await embedMany({ model: watched, values: [] })).embeddings, [])
      assert.deepEqual(asked, [])
    },
  },
]

/** Aborts of models of any sort. */
export const embeddingAborts: readonly Case<EmbeddingContext>[] = [
  {
    name: 'an abort before the call rejects with the reason',
    async run({ model }) {
      const signal = AbortSignal.abort('changed my mind')
      assert.equal(await rejection(model.embed({ values: texts, signal })), 'changed my mind')
      assert.equal(await rejection(embedMany({ model, values: texts, signal })), 'changed my mind')
    },
  },
  {
    name: 'an abort while many values are embedded rejects with the reason, and the next call is answered',
    async run({ model }) {
      const controller = new AbortController()
      const values = Array.from({ length: 400 }, (_, at) => `${at}: ${texts[at % texts.length]?.repeat(6)}`)
      const all = embedMany({ model, values, signal: controller.signal })
      // A service on loopback may be done at once: then there was nothing to abort.
      const settled = all.then(
        () => undefined,
        (error: unknown) => error,
      )
      await wait(1)
      controller.abort('enough')
      const error = await soon(settled, 'the end of the call', 30_000)
      assert.ok(error === undefined || error === 'enough', String(error))
      checkVectors(await soon(model.embed({ values: texts }), 'the next answer', 30_000), texts.length)
    },
  },
]
