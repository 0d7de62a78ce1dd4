import assert from 'node:assert/strict'
import type { CodeCall, CodeModel, CodePrompt, CodeSupport, Part, TextModel } from '@anymodel/core'
import { countListeners } from '../listeners.ts'
import { type Case, type Outcome, read, readWell, soon } from './case.ts'

/** What a case works with: a model that fills gaps. */
export interface CodeContext {
  readonly model: CodeModel
}

export type CodeCase<Context extends CodeContext = CodeContext> = Case<Context, CodeSupport>

/** A gap that any model of code can fill, in its own words where it reads prompts. */
export interface Gap {
  readonly prefix: string
  readonly suffix: string
  /** For models that read prompts. Default: the prefix alone. */
  readonly prompt?: CodePrompt
}

/** A call about a gap. */
export const gapCall = ({ supports }: CodeModel, gap: Gap, more: Partial<CodeCall> = {}): CodeCall => ({
  ...gap,
  ...(supports.input === 'prompt'
    ? { prompt: gap.prompt ?? { pieces: [{ type: 'text', text: gap.prefix }], markers: [] } }
    : {}),
  ...more,
})

/** A code model as a text model that goes on with its last message: what holds for every answer is checked by the same means. */
export const asText = (model: CodeModel, gap: Gap = { prefix: 'Say hello.', suffix: '' }): TextModel => ({
  provider: model.provider,
  id: model.id,
  supports: { knobs: model.supports.knobs ?? [] },
  stream: ({ messages: _messages, delivery: _delivery, ...call }) => model.fill({ ...gapCall(model, gap), ...call }),
})

/** The parts of a completion, and the error that ended it. */
export const fill = (model: CodeModel, call: CodeCall): Promise<Outcome> =>
  read({ ...asText(model), stream: () => model.fill(call) }, { messages: [] })

/** The parts of a completion that must not fail. */
export const fillWell = (model: CodeModel, call: CodeCall): Promise<Outcome> =>
  readWell({ ...asText(model), stream: () => model.fill(call) }, { messages: [] })

const short = { maxTokens: 12, temperature: 0, seed: 1 }

/** Options that take chance and length out of a completion, for models that have them. */
const calm = ({ supports: { knobs = [] } }: CodeModel): Partial<CodeCall> =>
  Object.fromEntries(Object.entries(short).filter(([knob]) => (knobs as readonly string[]).includes(knob)))

const steady = ({ knobs = [] }: CodeSupport): string | undefined =>
  knobs.includes('temperature') && knobs.includes('maxTokens') ? undefined : 'the model does not say the same twice'

const lacks =
  (knob: 'maxTokens' | 'stop') =>
  (supports: CodeSupport): string | undefined =>
    supports.knobs?.includes(knob) ? undefined : `the model has no ${knob}`

/** What a completion is made of. `gap`: what is asked for; its completion has to be longer than a few tokens. */
export const completions = (gap: Gap): readonly CodeCase[] => {
  const call = (model: CodeModel, more: Partial<CodeCall> = {}) => gapCall(model, gap, { ...calm(model), ...more })
  return [
    {
      name: 'a completion has text, and one finish that is last',
      async run({ model }) {
        const { parts, text, finish } = await fillWell(model, call(model))
        assert.notEqual(text, '')
        assert.deepEqual(
          parts.filter(({ type }) => type === 'finish'),
          [parts.at(-1)],
        )
        assert.equal(finish?.response.provider, model.provider)
        assert.deepEqual(
          parts.filter(({ type }) => !['text', 'notice', 'finish'].includes(type)),
          [],
          'a completion is text',
        )
      },
    },
    {
      name: 'usage counts, or is undefined, never 0 for input',
      async run({ model }) {
        const { raw: _raw, ...counts } = (await fillWell(model, call(model))).finish?.usage ?? {}
        for (const [name, count] of Object.entries(counts))
          assert.ok(count === undefined || (Number.isInteger(count) && count >= 0), `usage.${name} is ${String(count)}`)
        assert.notEqual(counts.input, 0)
      },
    },
    {
      name: 'maxTokens ends the completion, and the reason says so',
      unless: lacks('maxTokens'),
      async run({ model }) {
        const { finish } = await fillWell(model, call(model, { maxTokens: 2 }))
        assert.equal(finish?.reason, 'length')
        assert.ok((finish?.usage.output ?? 0) <= 2)
      },
    },
    {
      name: 'a stop text ends the completion and is not part of it',
      unless: (supports) => steady(supports) ?? lacks('stop')(supports),
      async run({ model }) {
        const { text } = await fillWell(model, call(model))
        const middle = Math.floor(text.length / 2)
        const stop = text.slice(middle, middle + 3)
        const stopped = await fillWell(model, call(model, { stop: [stop, 'never-in-there'] }))
        assert.equal(stopped.text, text.slice(0, text.indexOf(stop)))
        assert.equal(stopped.finish?.reason, 'stop')
      },
    },
    {
      name: 'the same gap is filled the same way, alone and among others',
      unless: steady,
      async run({ model }) {
        const alone = (await fillWell(model, call(model))).text
        const together = await Promise.all([1, 2, 3].map(() => fillWell(model, call(model))))
        assert.deepEqual(
          together.map(({ text }) => text),
          [alone, alone, alone],
        )
      },
    },
    ...aborts(call),
  ]
}

/** Aborting and leaving: the caller gets the reason, the model is free for others. */
const aborts = (call: (model: CodeModel, more?: Partial<CodeCall>) => CodeCall): readonly CodeCase[] => [
  {
    name: 'an abort before the call rejects with the reason',
    async run({ model }) {
      const reason = new Error('changed my mind')
      const { error, parts } = await fill(model, call(model, { signal: AbortSignal.abort(reason) }))
      assert.equal(error, reason)
      assert.deepEqual(parts, [])
    },
  },
  {
    name: 'an abort on the way rejects with the reason, leaves no listener, and the model goes on with others',
    async run({ model }) {
      const controller = new AbortController()
      const { signal } = controller
      const listeners = countListeners(signal)
      const reading = (async () => {
        for await (const part of model.fill(call(model, { signal, maxTokens: 200 })))
          if (part.type !== 'notice') controller.abort('enough')
      })()
      await assert.rejects(soon(reading, 'the rejection', 30_000), (error) => error === 'enough')
      assert.ok(listeners() <= 0, `${listeners()} listeners were left on the signal`)
      assert.notEqual((await soon(fillWell(model, call(model)), 'the next completion', 30_000)).text, '')
    },
  },
  {
    name: 'leaving the loop frees the model for the next call',
    async run({ model }) {
      for await (const part of model.fill(call(model, { maxTokens: 200 }))) if (part.type === 'text') break
      assert.notEqual((await soon(fillWell(model, call(model)), 'the next completion', 30_000)).text, '')
    },
  },
  {
    name: 'an iterator that was left hands over nothing more',
    async run({ model }) {
      const iterator = model.fill(call(model))[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.return?.()
      assert.equal((await soon<IteratorResult<Part, unknown>>(iterator.next(), 'the end')).done, true)
    },
  },
]
