import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { type FinishPart, generateText, type Part, streamText, type TextResult, type Usage } from '@anymodel/core'
import type { Answer } from '../answer.ts'
import { ask, type Case, read, readWell, untouched } from './case.ts'

/** An answer with everything that all formats can say. */
export const richAnswer: Answer = [
  { type: 'reasoning', text: 'Two cities, ' },
  { type: 'reasoning', text: 'two calls.', opaque: { provider: 'served', data: 'signature-4711' } },
  { type: 'text', text: 'Let me ' },
  { type: 'text', text: 'see: 北京, 🌦️ und Zürich.' },
  { type: 'tool-call', id: 'call_a1b2c3d4e', name: 'weather', input: '{"city":' },
  { type: 'tool-call', id: 'call_a1b2c3d4e', name: 'weather', input: '"Oslo"}' },
  { type: 'tool-call', id: 'call_f5g6h7i8j', name: 'weather', input: '{"city":"Zürich 🏔️"}' },
  { type: 'finish', usage: { input: 21, output: 13, total: 34 } },
]

/** What two readings of one answer must agree on. Ids may be made up where the format has none. */
const essence = ({ text, reasoning, toolCalls, finishReason, usage, sources, files }: TextResult) => ({
  text,
  reasoning,
  toolCalls: toolCalls.map(({ name, input }) => ({ name, input })),
  finishReason,
  usage: { ...usage, raw: undefined },
  sources: sources.map(({ url, title }) => ({ url, title })),
  files: files.map(({ mediaType, data }) => ({ mediaType, data: Buffer.from(data).toString('base64') })),
})

const tools = { weather: { input: { type: 'object', properties: { city: { type: 'string' } } } } }

/** What answers are made of, and how they end. */
export const answers: readonly Case[] = [
  {
    name: 'text comes out as it was written',
    async run({ server, model }) {
      server.reply('Hello, 世界! 👩‍👩‍👧 \n\ttab "quote" \\ back')
      assert.equal((await readWell(model, ask())).text, 'Hello, 世界! 👩‍👩‍👧 \n\ttab "quote" \\ back')
    },
  },
  {
    name: 'a streamed answer and a whole one give equal results',
    async run({ server, model }) {
      server.reply(richAnswer)
      const options = { model, prompt: 'Weather?', ...(model.supports.tools ? { tools } : {}) }
      const whole = await generateText(options)
      const streamed = await streamText(options).result
      assert.deepEqual(essence(streamed as unknown as TextResult), essence(whole as unknown as TextResult))
      assert.equal(whole.text, 'Let me see: 北京, 🌦️ und Zürich.')
      assert.equal(whole.toolCalls.length, 2)
    },
  },
  {
    name: 'a whole answer is read where a stream was asked for, and the other way round',
    async run({ server, model }) {
      server.reply({ answer: 'Hello.', delivery: 'whole' })
      assert.equal((await readWell(model, ask('Hi', { delivery: 'stream' }))).text, 'Hello.')
      server.reply({ answer: 'Hello.', delivery: 'stream' })
      assert.equal((await readWell(model, ask('Hi', { delivery: 'whole' }))).text, 'Hello.')
    },
  },
  {
    name: 'there is one finish, and it is last',
    async run({ server, model }) {
      server.reply(richAnswer)
      for (const delivery of ['stream', 'whole'] as const) {
        const { parts } = await readWell(model, ask('Hi', { delivery }))
        assert.deepEqual(
          parts.filter((part) => part.type === 'finish'),
          [parts.at(-1)],
        )
      }
    },
  },
  {
    name: 'nothing is sent before the first next()',
    async run({ server, model }) {
      // The first request loads the HTTP client, which takes longer than the moment that is waited here.
      await readWell(model, ask())
      const iterator = model.stream(ask())[Symbol.asyncIterator]()
      await untouched(server, 1)
      await iterator.next()
      while (server.requests.length < 3) await wait(1)
      await iterator.return?.()
    },
  },
  {
    name: 'one iterator sends one request, also when next() is called without waiting',
    async run({ server, model }) {
      server.reply('Hello.')
      const iterator = model.stream(ask())[Symbol.asyncIterator]()
      const results = await Promise.all(Array.from({ length: 20 }, () => iterator.next()))
      const parts = results.flatMap(({ done, value }) => (done ? [] : [value as Part]))
      assert.equal(parts.map((part) => (part.type === 'text' ? part.text : '')).join(''), 'Hello.')
      assert.equal(parts.at(-1)?.type, 'finish')
      assert.equal(server.requests.length, 1)
    },
  },
  {
    name: 'usage that the service did not report is undefined, never 0',
    async run({ server, model }) {
      server.reply('Hello.')
      for (const delivery of ['stream', 'whole'] as const) {
        const { usage } = (await readWell(model, ask('Hi', { delivery }))).finish as FinishPart
        const { raw: _raw, ...counts } = usage
        assert.deepEqual(
          Object.entries(counts).filter(([, value]) => value !== undefined),
          [],
          delivery,
        )
      }
    },
  },
  {
    name: 'usage counts cached input and reasoning as parts of the whole',
    async run({ server, model }) {
      const usage: Usage = { input: 100, output: 50, total: 150, cacheRead: 40, reasoning: 20 }
      server.reply([
        { type: 'text', text: 'Hi' },
        { type: 'finish', usage },
      ])
      for (const delivery of ['stream', 'whole'] as const) {
        const reported = ((await readWell(model, ask('Hi', { delivery }))).finish as FinishPart).usage
        const { input, output, total, cacheRead, reasoning } = reported
        assert.deepEqual({ input, output, total, cacheRead, reasoning }, usage, delivery)
      }
    },
  },
  {
    name: 'finish reasons are told apart, in both deliveries',
    async run({ server, model, wire }) {
      for (const reason of wire.reasons) {
        const call =
          reason === 'tool-calls' ? [{ type: 'tool-call' as const, id: 'call_1', name: 'x', input: '{}' }] : []
        server.reply([{ type: 'text', text: 'Hi' }, ...call, { type: 'finish', reason }])
        for (const delivery of ['stream', 'whole'] as const) {
          const { finish } = await readWell(model, ask('Hi', { delivery }))
          assert.equal(finish?.reason, reason, delivery)
        }
      }
    },
  },
  {
    name: "a finish reason that nobody knows is 'other', in the service's words in rawReason",
    async run({ server, model }) {
      server.reply([
        { type: 'text', text: 'Hi' },
        { type: 'finish', response: { rawReason: 'brand_new' } },
      ])
      const { finish, text } = await readWell(model, ask())
      assert.deepEqual([text, finish?.reason, finish?.response.rawReason], ['Hi', 'other', 'brand_new'])
    },
  },
  {
    name: 'an answer without content is an answer',
    async run({ server, model }) {
      server.reply([{ type: 'finish', usage: { input: 5, output: 0 } }])
      for (const delivery of ['stream', 'whole'] as const) {
        const { text, finish, calls } = await readWell(model, ask('Hi', { delivery }))
        assert.deepEqual([text, calls, finish?.reason], ['', [], 'stop'], delivery)
        assert.equal(finish?.usage.input, 5)
      }
    },
  },
  {
    name: 'the response says who answered, under which id, with which headers',
    async run({ server, model }) {
      server.reply({
        answer: [
          { type: 'text', text: 'Hi' },
          { type: 'finish', response: { id: 'id_77', model: 'model-9' } },
        ],
        headers: { 'X-Region': 'north' },
      })
      for (const delivery of ['stream', 'whole'] as const) {
        const { response } = (await readWell(model, ask('Hi', { delivery }))).finish as FinishPart
        assert.deepEqual([response.provider, response.model, response.id], [model.provider, 'model-9', 'id_77'])
        assert.equal(response.headers?.['x-region'], 'north')
        assert.equal(response.requestId, 'req_served')
      }
    },
  },
  {
    name: 'many answers at once do not mix',
    async run({ server, model }) {
      server.reply(({ text }) => ({ answer: `You said ${/number-\d+/.exec(text)?.[0]}.`, cut: 7 }))
      const numbers = Array.from({ length: 12 }, (_, at) => `number-${at}`)
      const answered = await Promise.all(numbers.map((number) => read(model, ask(number))))
      assert.deepEqual(
        answered.map(({ text }) => text),
        numbers.map((number) => `You said ${number}.`),
      )
    },
  },
]
