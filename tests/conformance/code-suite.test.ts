import type { CodeModel, Part } from '@anymodel/core'
import { mistral } from '@anymodel/providers/mistral'
import { vllm } from '@anymodel/providers/vllm'
import { mistralFimWire, openaiCompletionsWire, testCodeModel, testLiveCodeModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

type Body = (context?: { skip(): void }) => Promise<void>
type Change = (model: CodeModel) => CodeModel

/** The cases of a suite, not run. */
function casesOf(declare: (runner: { describe(name: string, body: () => void): void; test: never }) => void) {
  const cases = new Map<string, Body>()
  const test = Object.assign((name: string, body: Body) => void cases.set(name, body), { skip: () => {} })
  declare({ describe: (_name, body) => body(), test: test as never })
  return cases
}

const apiKey = 'sk-0123456789abcdefghijklmn'
const hosted = (change: Change) =>
  casesOf((runner) =>
    testCodeModel({
      ...runner,
      name: 'changed',
      wire: mistralFimWire,
      make: ({ url }) => change(mistral({ baseURL: `${url}/v1`, apiKey }).code('any')),
    }),
  )
const prompted = (change: Change) =>
  casesOf((runner) =>
    testCodeModel({
      ...runner,
      name: 'changed',
      wire: openaiCompletionsWire,
      make: ({ url }) => change(vllm({ baseURL: `${url}/v1`, apiKey }).code('any')),
    }),
  )

/** A model that counts up, and keeps to what it is told. */
const counting: CodeModel = {
  provider: 'here',
  id: 'counting',
  supports: { input: 'parts', knobs: ['maxTokens', 'temperature', 'stop'] },
  async *fill({ maxTokens = 20, stop = [], signal }): AsyncGenerator<Part, undefined, undefined> {
    signal?.throwIfAborted()
    const words = Array.from({ length: Math.min(maxTokens, 20) }, (_, at) => `${at + 1} `)
    const text = words.join('')
    const ends = stop.map((end) => text.indexOf(end)).filter((at) => at >= 0)
    for (const piece of text.slice(0, ends[0]).match(/.{1,3}/g) ?? []) {
      yield { type: 'text', text: piece }
      signal?.throwIfAborted()
    }
    const reason = ends.length > 0 || maxTokens >= 20 ? 'stop' : 'length'
    yield { type: 'finish', reason, usage: {}, response: { provider: 'here', model: 'counting' } }
    return undefined
  },
}
const live = (change: Change) =>
  casesOf((runner) => testLiveCodeModel({ ...runner, name: 'changed', make: () => change(counting) }))

/** A model whose parts go through a function. */
const parts =
  (change: (part: Part) => Part[]): Change =>
  (model) => ({
    ...model,
    async *fill(call) {
      for await (const part of model.fill(call)) yield* change(part)
    },
  })

/** Adapters that are wrong in one way, and the case that must find it. */
const mutants: readonly (readonly [string, (change: Change) => Map<string, Body>, string, Change])[] = [
  [
    'leaves spaces out',
    hosted,
    'text comes out as it was written, wherever the network cuts it, streamed or whole',
    parts((part) => [part.type === 'text' ? { ...part, text: part.text.trimEnd() } : part]),
  ],
  [
    'says 0 tokens where the service said nothing',
    hosted,
    'usage is what the service reports, and undefined where it does not',
    parts((part) => [part.type === 'finish' ? { ...part, usage: { input: 0, ...part.usage } } : part]),
  ],
  [
    'ends a broken stream quietly',
    hosted,
    'a stream without its end is truncated',
    (model) => ({
      ...model,
      async *fill(call) {
        try {
          yield* model.fill(call)
        } catch {}
      },
    }),
  ],
  [
    'takes everything for the end',
    hosted,
    'finish reasons are told apart',
    parts((part) => [part.type === 'finish' ? { ...part, reason: 'stop' } : part]),
  ],
  [
    'trims what stands before the gap',
    hosted,
    'what stands around the gap arrives as it is',
    (model) => ({ ...model, fill: (call) => model.fill({ ...call, prefix: call.prefix.trimEnd() }) }),
  ],
  [
    'forgets an option that it declares',
    hosted,
    'the tuning options that the model declares arrive',
    (model) => ({ ...model, fill: ({ seed: _seed, ...call }) => model.fill(call) }),
  ],
  [
    'does not hand the signal on',
    hosted,
    'an abort while the service is silent rejects with the reason and closes the connection',
    (model) => ({ ...model, fill: ({ signal: _signal, ...call }) => model.fill(call) }),
  ],
  [
    'takes texts for markers',
    prompted,
    'no text of the user arrives as a marker of the prompt',
    (model) => ({
      ...model,
      fill: ({ prompt, ...call }) => model.fill({ ...call, ...(prompt ? { prompt: { ...prompt, markers: [] } } : {}) }),
    }),
  ],
  [
    'writes a stop text',
    live,
    'a stop text ends the completion and is not part of it',
    (model) => ({ ...model, fill: ({ stop: _stop, ...call }) => model.fill(call) }),
  ],
  [
    'writes on beyond maxTokens',
    live,
    'maxTokens ends the completion, and the reason says so',
    (model) => ({ ...model, fill: ({ maxTokens: _most, ...call }) => model.fill(call) }),
  ],
  [
    'throws an error of its own in place of the reason',
    live,
    'an abort on the way rejects with the reason, leaves no listener, and the model goes on with others',
    (model) => ({
      ...model,
      async *fill(call) {
        try {
          yield* model.fill(call)
        } catch {
          throw new Error('aborted')
        }
      },
    }),
  ],
  [
    'says something after its finish',
    live,
    'a completion has text, and one finish that is last',
    parts((part) => (part.type === 'finish' ? [part, { type: 'text', text: ' ' }] : [part])),
  ],
]

describe('the suite for code models finds a model that', () => {
  for (const [fault, suite, name, change] of mutants)
    it(fault, async () => {
      const run = suite(change).get(name)
      if (!run) throw new Error(`There is no case "${name}".`)
      await expect(run()).rejects.toThrow()
      await suite((model) => model).get(name)?.()
    })
})
