import type { EmbeddingModel } from '@anymodel/core'
import { mistral } from '@anymodel/providers/mistral'
import { openaiEmbeddingsWire, testEmbeddingModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

type Body = (context?: { skip(): void }) => Promise<void>

/** The cases of the suite for a model, not run. */
function casesFor(change: (model: EmbeddingModel) => EmbeddingModel): Map<string, Body> {
  const cases = new Map<string, Body>()
  const test = Object.assign((name: string, body: Body) => void cases.set(name, body), {
    skip: () => {},
  })
  testEmbeddingModel({
    describe: (_name, body) => body(),
    test,
    name: 'changed',
    wire: openaiEmbeddingsWire,
    make: ({ url }) =>
      change(mistral({ baseURL: `${url}/v1`, apiKey: 'sk-0123456789abcdefghijklmn' }).embedding('any')),
  })
  return cases
}

/** A model whose results go through a function. */
const results =
  (change: (vectors: Float32Array[]) => Float32Array[]) =>
  (model: EmbeddingModel): EmbeddingModel => ({
    ...model,
    async embed(call) {
      const result = await model.embed(call)
      return { ...result, embeddings: change([...result.embeddings]) }
    },
  })

/** Adapters that are wrong in one way, and the case that must find it. */
const mutants: readonly (readonly [string, string, (model: EmbeddingModel) => EmbeddingModel])[] = [
  [
    'gives vectors in another order',
    'there is one vector for each value, in their order, the same as for the value alone',
    results((vectors) => vectors.reverse()),
  ],
  ['leaves the last vector out', 'any text has a vector', results((vectors) => vectors.slice(0, -1))],
  [
    'cuts vectors unasked',
    'vectors arrive as they were sent',
    results((vectors) => vectors.map((vector) => vector.slice(1))),
  ],
  [
    'says 0 tokens where the service said nothing',
    'tokens that the service did not count are undefined, never 0',
    (model) => ({ ...model, embed: async (call) => ({ ...(await model.embed(call)), usage: { input: 0 } }) }),
  ],
  [
    'does not hand the signal on',
    'an abort while the service is silent rejects with the reason and closes the connection',
    (model) => ({ ...model, embed: ({ signal: _signal, ...call }) => model.embed(call) }),
  ],
  [
    'drops dimensions in silence',
    'vectors are as long as was asked for, or there is a warning or an error about it',
    (model) => ({ ...model, embed: ({ dimensions: _dimensions, ...call }) => model.embed(call) }),
  ],
  [
    'mixes calls that come at once',
    'calls at once do not mix',
    (model) => {
      let last = Promise.resolve()
      let values: readonly string[] = []
      return {
        ...model,
        async embed(call) {
          values = call.values
          last = last.then(() => {})
          await last
          return model.embed({ ...call, values })
        },
      }
    },
  ],
  [
    'throws whatever comes',
    'error responses have a code, and say who failed, with which status and request id',
    (model) => ({ ...model, embed: (call) => model.embed(call).catch((error) => Promise.reject(new Error(error))) }),
  ],
]

describe('the suite for embedding models finds a model that', () => {
  for (const [fault, name, change] of mutants)
    it(fault, async () => {
      const run = casesFor(change).get(name)
      if (!run) throw new Error(`There is no case "${name}".`)
      await expect(run()).rejects.toThrow()
      await casesFor((model) => model).get(name)?.()
    })
})
