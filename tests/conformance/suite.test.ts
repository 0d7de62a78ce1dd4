import type { FinishPart, Part, PartIterator, TextCall, TextModel } from '@anymodel/core'
import { openrouter } from '@anymodel/providers/openrouter'
import { openaiChatWire, testTextModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'

type Body = (context?: { skip(): void }) => Promise<void>

/** The cases of the suite for a model, not run. */
function casesFor(change: (model: TextModel) => TextModel, skip: Record<string, string> = {}): Map<string, Body> {
  const cases = new Map<string, Body>()
  const test = Object.assign((name: string, body: Body) => void cases.set(name, body), { skip: () => {} })
  testTextModel({
    describe: (_name, body) => body(),
    test,
    name: 'changed',
    wire: openaiChatWire,
    make: ({ url }) =>
      change(openrouter({ baseURL: url, apiKey: 'sk-0123456789abcdefghijklmn' }).text('openai/gpt-4.1')),
    skip,
  })
  return cases
}

const run = (cases: Map<string, Body>, name: string): Promise<void> => {
  const body = cases.get(name)
  if (!body) throw new Error(`There is no case "${name}".`)
  return body()
}

/** A model whose parts go through a function. */
const through =
  (change: (parts: AsyncIterable<Part>, call: TextCall) => AsyncGenerator<Part>) =>
  (model: TextModel): TextModel => ({
    ...model,
    stream: (call) => change(model.stream(call) as AsyncIterable<Part>, call) as never,
  })

/** Adapters that are wrong in one way, and the case that must find it. */
const mutants: readonly (readonly [string, string, (model: TextModel) => TextModel])[] = [
  [
    'sends before it is asked for a part',
    'nothing is sent before the first next()',
    (model) => ({
      ...model,
      stream(call) {
        const iterator = model.stream(call)[Symbol.asyncIterator]()
        const first = iterator.next()
        let begun = false
        const next = () => {
          if (begun) return iterator.next()
          begun = true
          return first
        }
        return { [Symbol.asyncIterator]: () => ({ next, return: () => iterator.return?.() }) as PartIterator }
      },
    }),
  ],
  [
    'says 0 where the service said nothing',
    'usage that the service did not report is undefined, never 0',
    through(async function* (parts) {
      for await (const part of parts)
        yield part.type === 'finish' ? ({ ...part, usage: { ...part.usage, input: 0 } } as FinishPart) : part
    }),
  ],
  [
    'finishes twice',
    'there is one finish, and it is last',
    through(async function* (parts) {
      for await (const part of parts) {
        yield part
        if (part.type === 'finish') yield part
      }
    }),
  ],
  [
    'presents half an answer as a whole one',
    'a stream cut short is an error, not a short answer',
    through(async function* (parts, call) {
      try {
        yield* parts
      } catch {
        if (call.signal?.aborted) throw call.signal.reason
        yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'x', model: 'y' } }
      }
    }),
  ],
  [
    'never sees the signal',
    'an abort while the service is silent rejects with the reason and closes the connection',
    (model) => ({
      ...model,
      stream: ({ signal: _signal, ...call }) => model.stream(call),
    }),
  ],
  [
    'keeps the connection when it is left',
    'leaving the loop closes the connection',
    (model) => ({
      ...model,
      stream(call) {
        const iterator = model.stream(call)[Symbol.asyncIterator]()
        return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) }
      },
    }),
  ],
  [
    'rejects with an error of its own when aborted',
    'an abort in mid-stream rejects with the reason, keeps what came, and closes the connection',
    through(async function* (parts) {
      try {
        yield* parts
      } catch (cause) {
        throw new Error('AbortError', { cause })
      }
    }),
  ],
  [
    'loses the second of two calls',
    'parallel calls come apart by id, their fragments joined',
    through(async function* (parts) {
      for await (const part of parts) if (part.type !== 'tool-call' || part.id.endsWith('1')) yield part
    }),
  ],
  [
    'declares what it does not honour',
    'tuning options are honoured, or a warning names them',
    (model) => ({
      ...model,
      supports: { ...model.supports, knobs: [...(model.supports.knobs ?? []), 'seed'] },
      stream: ({ seed: _seed, ...call }) => model.stream(call),
    }),
  ],
  [
    'sends what another service signed',
    "a conversation begun elsewhere goes on here, without the other service's reasoning",
    (model) => ({
      ...model,
      stream: (call) => model.stream({ ...call, extra: { note: JSON.stringify(call.messages) } }),
    }),
  ],
]

describe('the suite finds adapters that are wrong', () => {
  it.concurrent.each(mutants)('one that %s', async (_what, name, change) => {
    await run(
      casesFor((model) => model),
      name,
    )
    await expect(run(casesFor(change), name)).rejects.toThrow()
  })
})

describe('a case that is skipped by hand', () => {
  const name = 'text comes out as it was written'
  const skipped = `${name} (skipped: for a reason)`

  it('fails when it would pass', async () => {
    const cases = casesFor((model) => model, { [name]: 'for a reason' })
    await expect(run(cases, skipped)).rejects.toThrow('take it out of skip')
  })

  it('is skipped while it fails', async () => {
    const silent = through(async function* (parts) {
      for await (const part of parts) if (part.type !== 'text') yield part
    })
    let told = false
    await casesFor(silent, { [name]: 'for a reason' }).get(skipped)?.({ skip: () => void (told = true) })
    expect(told).toBe(true)
  })

  it('has to be one that there is', () => {
    expect(() => casesFor((model) => model, { 'no such case': 'for a reason' })).toThrow('no such case')
  })
})
