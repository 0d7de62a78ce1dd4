import assert from 'node:assert/strict'
import {
  generateText,
  type Message,
  type Part,
  type PartStream,
  streamText,
  type TextModel,
  type TextSupport,
} from '@anymodel/core'
import { ask, type Case, failure, type Outcome, read, readWell, soon } from './case.ts'
import { foreign } from './conversations.ts'
import { knobs, values } from './requests.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'

export interface LiveTextModelSuite extends TestRunner {
  readonly name: string
  /** The model. Called once per case: give the same one each time when it is dear to load. */
  make(): TextModel
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails. */
  readonly skip?: Readonly<Record<string, string>>
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

interface LiveContext {
  readonly model: TextModel
}

/** The same answer every time, as short as it may be. */
const short = { maxTokens: 8, temperature: 0, seed: 1 }

const steady = ({ knobs: has = [] }: TextSupport): string | undefined =>
  has.includes('temperature') && has.includes('seed') ? undefined : 'the model does not give the same answer twice'

/** Options that take chance out of the answer, for models that have them. */
const calm = ({ supports }: TextModel): { temperature?: number; seed?: number } =>
  steady(supports) === undefined ? { temperature: 0, seed: 1 } : {}

const lacks =
  (knob: 'maxTokens' | 'stop') =>
  (supports: TextSupport): string | undefined =>
    supports.knobs?.includes(knob) ? undefined : `the model has no ${knob}`

const tool = { type: 'object', properties: { city: { type: 'string' } } } as const

/** What must hold of any answer whatsoever. */
function checkAnswer({ parts, finish }: Outcome): void {
  assert.deepEqual(
    parts.filter((part) => part.type === 'finish'),
    [parts.at(-1)],
    'there must be one finish, and it must be last',
  )
  const { raw: _raw, ...counts } = finish?.usage ?? {}
  for (const [name, count] of Object.entries(counts))
    assert.ok(count === undefined || (Number.isInteger(count) && count >= 0), `usage.${name} is ${String(count)}`)
  assert.notEqual(finish?.usage.input, 0, 'input that was not counted is undefined, not 0')
}

async function until(stream: PartStream, found: (part: Part) => boolean): Promise<void> {
  for await (const part of stream) if (found(part)) return
  assert.fail('the answer was over too early')
}

const answers: readonly Case<LiveContext>[] = [
  {
    name: 'an answer has parts, and one finish that is last',
    async run({ model }) {
      for (const delivery of ['stream', 'whole'] as const) {
        const outcome = await readWell(model, ask('Say hello.', { maxTokens: 8, delivery }))
        checkAnswer(outcome)
        assert.equal(outcome.finish?.response.provider, model.provider)
      }
    },
  },
  {
    name: 'a streamed answer and a whole one give equal results',
    unless: steady,
    async run({ model }) {
      const options = { model, prompt: 'Name a color.', ...short }
      const whole = await generateText(options)
      const streamed = await streamText(options).result
      const essence = ({ text, finishReason, usage }: typeof whole) => ({ text, finishReason, usage })
      assert.deepEqual(essence(streamed), essence(whole))
    },
  },
  {
    name: 'maxTokens ends the answer, and the reason says so',
    unless: lacks('maxTokens'),
    async run({ model }) {
      const { finish } = await readWell(
        model,
        ask('Count from one to one hundred in words.', { ...calm(model), maxTokens: 5 }),
      )
      assert.equal(finish?.reason, 'length')
      assert.ok((finish?.usage.output ?? 0) <= 5)
    },
  },
  {
    name: 'a stop text ends the answer and is not part of it',
    unless: (supports) => steady(supports) ?? lacks('stop')(supports),
    async run({ model }) {
      const call = ask('Count from one to twenty in words.', { ...short, maxTokens: 24 })
      const { text } = await readWell(model, call)
      const middle = Math.floor(text.length / 2)
      const stop = text.slice(middle, middle + 5)
      const stopped = await readWell(model, { ...call, stop: [stop, 'never-in-there'] })
      assert.equal(stopped.text, text.slice(0, text.indexOf(stop)))
      assert.equal(stopped.finish?.reason, 'stop')
    },
  },
  {
    name: 'answers at once do not mix',
    unless: steady,
    async run({ model }) {
      const calls = ['Name a color.', 'Name an animal.', 'Name a city.'].map((text) => ask(text, short))
      const alone: string[] = []
      for (const call of calls) alone.push((await readWell(model, call)).text)
      const together = await Promise.all(calls.map((call) => readWell(model, call)))
      assert.deepEqual(
        together.map(({ text }) => text),
        alone,
      )
    },
  },
  {
    name: 'next() may be called again before it has answered',
    async run({ model }) {
      const iterator = model.stream(ask('Say hello.', { maxTokens: 3 }))[Symbol.asyncIterator]()
      const results = await soon(Promise.all(Array.from({ length: 40 }, () => iterator.next())), 'the end', 30_000)
      const parts = results.flatMap(({ done, value }) => (done ? [] : [value as Part]))
      assert.equal(parts.at(-1)?.type, 'finish')
    },
  },
]

const requests: readonly Case<LiveContext>[] = [
  {
    name: 'tuning options are honoured, or a warning names them',
    async run({ model }) {
      for (const knob of knobs) {
        if (knob === 'maxTokens' || knob === 'parallelToolCalls') continue
        const { warnings } = await generateText({ model, prompt: 'Hi', maxTokens: 2, [knob]: values[knob] })
        const warned = warnings.some(({ option }) => option === knob || option.startsWith(`${knob}.`))
        assert.ok(warned || model.supports.knobs?.includes(knob), `${knob} is not declared: a warning must name it`)
      }
    },
  },
  {
    name: 'features that the model lacks are refused',
    async run({ model }) {
      const { tools, files, output } = model.supports
      const search = { provider: 'somebody-else', definition: { type: 'search' } }
      const file = { type: 'file', data: Buffer.from('x'), mediaType: 'application/x-strange' } as const
      const schema = { type: 'json-schema', name: 'thing', schema: { type: 'object' } } as const
      const lacking: readonly (readonly [boolean, object])[] = [
        [true, { prompt: 'Hi', tools: { search } }],
        [!tools, { prompt: 'Hi', tools: { weather: { input: tool } } }],
        [!files?.includes('*/*'), { prompt: [file] }],
        [!output?.includes('native'), { prompt: 'Hi', output: schema }],
      ]
      for (const [refused, options] of lacking) {
        if (!refused) continue
        const error = await failure(generateText({ model, maxTokens: 2, ...options } as never))
        assert.deepEqual([error.code, error.provider], ['unsupported', model.provider])
      }
    },
  },
  {
    name: 'tools are taken, and what comes back is text or calls that JSON can read',
    unless: ({ tools }) => (tools ? undefined : 'the model takes no tools'),
    async run({ model }) {
      const options = { model, prompt: 'How is the weather in Oslo?', ...short, maxTokens: 24 }
      const { toolCalls, text, finishReason } = await generateText({ ...options, tools: { weather: { input: tool } } })
      for (const { input } of toolCalls) assert.equal(typeof input, 'object')
      assert.ok(text !== '' || toolCalls.length > 0 || finishReason === 'length')
    },
  },
]

const conversations: readonly Case<LiveContext>[] = [
  {
    name: 'a conversation begun elsewhere goes on here',
    async run({ model }) {
      const messages = model.supports.tools ? foreign : foreign.filter(({ role }) => role === 'user')
      checkAnswer(await readWell(model, { messages, maxTokens: 4 }))
    },
  },
  {
    name: 'a call that was never answered, an empty answer and two messages of one role do no harm',
    async run({ model }) {
      const call = { type: 'tool-call', id: 'call_aaaaaaaa1', name: 'weather', input: '{"city": ' } as const
      const histories: Message[][] = [
        model.supports.tools ? [{ role: 'assistant', content: [call] }] : [],
        [{ role: 'assistant', content: [] }],
        [{ role: 'user', content: 'And you?' }],
      ]
      for (const history of histories) {
        const messages: Message[] = [
          { role: 'user', content: 'Hi.' },
          ...history,
          { role: 'user', content: 'Still there?' },
        ]
        await generateText({ model, messages, maxTokens: 3 })
      }
    },
  },
]

const aborts: readonly Case<LiveContext>[] = [
  {
    name: 'an abort before the call rejects with the reason',
    async run({ model }) {
      const reason = new Error('changed my mind')
      assert.equal((await read(model, ask('Hi', { signal: AbortSignal.abort(reason) }))).error, reason)
    },
  },
  {
    name: 'an abort in mid-stream rejects with the reason, and the model answers the next call',
    async run({ model }) {
      const controller = new AbortController()
      const stream = streamText({
        model,
        prompt: 'Count from one to one thousand.',
        maxTokens: 400,
        ...calm(model),
        signal: controller.signal,
      })
      const reading = until({ [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() as never }, (part) => {
        if (part.type === 'text' || part.type === 'reasoning') controller.abort('enough')
        return false
      })
      await assert.rejects(soon(reading, 'the rejection', 30_000), (error) => error === 'enough')
      checkAnswer(await soon(readWell(model, ask('Hi', { maxTokens: 3 })), 'the next answer', 30_000))
    },
  },
  {
    name: 'leaving the loop frees the model for the next call',
    async run({ model }) {
      for (let at = 0; at < 3; at++)
        await until(
          model.stream(ask('Count from one to one thousand.', { maxTokens: 400, ...calm(model) })),
          (part) => part.type !== 'notice',
        )
      checkAnswer(await soon(readWell(model, ask('Hi', { maxTokens: 3 })), 'the next answer', 30_000))
    },
  },
]

const groups = { answers, requests, conversations, 'aborting and leaving': aborts }

/**
 * What any text model must do, however it answers: a local one, a hosted one with a real key. For models that can talk to a scripted server, `testTextModel` checks more.
 *
 * ```ts
 * testLiveTextModel({ describe, test, name: 'local', make: () => onnx().text('npm:@anymodel/model-smollm2-135m-instruct') })
 * ```
 */
export function testLiveTextModel({
  describe,
  test,
  name,
  make,
  skip = {},
  timeout = 60_000,
}: LiveTextModelSuite): void {
  const { supports } = make()
  const inTime = (one: Case<LiveContext>) => () => soon(one.run({ model: make() }), 'the end of the case', timeout)
  checkSkips(skip, groups)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      declare({ describe, test }, title, cases, supports, skip, inTime)
  })
}
