import assert from 'node:assert/strict'
import { generateText, type Message } from '@anymodel/core'
import type { Answer } from '../answer.ts'
import { type Case, lastRequest, readWell } from './case.ts'

const thought = 'A thought in so many words.'
const signature = 'c2lnbmF0dXJlLW9mLXRoZS10aG91Z2h0'

const thinksAndCalls: Answer = [
  { type: 'reasoning', text: thought, opaque: { provider: 'served', data: signature } },
  { type: 'tool-call', id: 'call_aaaaaaaa1', name: 'weather', input: '{"city":"Oslo"}' },
]

const schema = { type: 'object', properties: { city: { type: 'string' } } }
const definition = { type: 'function', name: 'weather', inputSchema: schema } as const

/** A conversation as another service left it: its ids, its reasoning, its signatures. */
export const foreign: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Weather in Oslo and Rome?' },
  {
    role: 'assistant',
    content: [
      {
        type: 'reasoning',
        text: 'foreign-thought',
        opaque: { provider: 'elsewhere', data: { sig: 'foreign-signature' } },
      },
      { type: 'text', text: 'Let me look.', opaque: { provider: 'elsewhere', data: 'foreign-item' } },
      {
        type: 'tool-call',
        id: 'functions.weather:0/é',
        name: 'weather',
        input: '{"city":"Oslo"}',
        opaque: { provider: 'elsewhere', data: 'foreign-call' },
      },
      { type: 'tool-call', id: `toolu_${'x'.repeat(90)}`, name: 'weather', input: '' },
    ],
  },
  {
    role: 'tool',
    content: [
      { type: 'tool-result', id: 'functions.weather:0/é', name: 'weather', output: { celsius: -3 } },
      { type: 'tool-result', id: `toolu_${'x'.repeat(90)}`, name: 'weather', output: 'no such city', isError: true },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'Cold in Oslo.' },
      { type: 'source', url: 'https://weather.example', title: 'Weather' },
    ],
  },
  { role: 'user', content: 'And tomorrow?' },
]

const needsTools: NonNullable<Case['unless']> = ({ tools }) => (tools ? undefined : 'the model takes no tools')

/** Conversations that go on: with the same service, and with another one. */
export const conversations: readonly Case[] = [
  {
    name: 'reasoning is told apart from the answer',
    async run({ server, model }) {
      server.reply([
        { type: 'reasoning', text: 'Hm, ' },
        { type: 'reasoning', text: 'well.' },
        { type: 'text', text: 'Yes.' },
      ])
      for (const delivery of ['stream', 'whole'] as const) {
        const { reasoning, text } = await generateText({ model, prompt: 'Hi', delivery })
        assert.deepEqual([reasoning, text], ['Hm, well.', 'Yes.'], delivery)
      }
    },
  },
  {
    name: 'reasoning goes back verbatim to the service that wrote it',
    unless: needsTools,
    async run({ server, model }) {
      for (const delivery of ['stream', 'whole'] as const) {
        server.reply({ answer: thinksAndCalls, delivery }, 'Cold.')
        await generateText({ model, prompt: 'Oslo?', tools: { weather: { input: schema, execute: () => 'cold' } } })
        const { text } = lastRequest(server)
        assert.ok(
          text.includes(signature) || text.includes(thought),
          `${delivery}: the second request must carry the reasoning`,
        )
      }
    },
  },
  {
    name: 'what a service wants back survives JSON',
    unless: needsTools,
    async run({ server, model }) {
      server.reply(thinksAndCalls)
      const { messages } = await generateText({ model, prompt: 'Oslo?', tools: { weather: { input: schema } } })
      const result = { type: 'tool-result', id: '', name: 'weather', output: 'cold' } as const
      const id = messages
        .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
        .find(({ type }) => type === 'tool-call')
      const answered: Message[] = [
        ...messages,
        { role: 'tool', content: [{ ...result, id: (id as { id: string }).id }] },
      ]
      await readWell(model, { messages: answered, tools: [definition] })
      const first = lastRequest(server).text
      await readWell(model, { messages: JSON.parse(JSON.stringify(answered)), tools: [definition] })
      assert.equal(lastRequest(server).text, first)
    },
  },
  {
    name: "a conversation begun elsewhere goes on here, without the other service's reasoning",
    unless: needsTools,
    async run({ server, model }) {
      await readWell(model, { messages: foreign, tools: [definition] })
      const { text } = lastRequest(server)
      const leaked = ['foreign-thought', 'foreign-signature', 'foreign-item', 'foreign-call'].filter((word) =>
        text.includes(word),
      )
      assert.deepEqual(leaked, [])
      const kept = ['Oslo', 'celsius', 'no such city', 'Cold in Oslo.', 'And tomorrow?', 'Be brief.']
      assert.deepEqual(
        kept.filter((word) => !text.includes(word)),
        [],
      )
    },
  },
  {
    name: 'a call that was never answered does not block the conversation',
    unless: needsTools,
    async run({ model }) {
      const messages: Message[] = [
        { role: 'user', content: 'Oslo?' },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'call_aaaaaaaa1', name: 'weather', input: '{"city":"Oslo"}' }],
        },
        { role: 'user', content: 'Never mind. Tell me a joke.' },
      ]
      await generateText({ model, messages, tools: { weather: { input: schema } } })
    },
  },
  {
    name: 'an empty answer in the history does no harm',
    async run({ server, model }) {
      server.reply([{ type: 'finish', reason: 'length' }], 'Yes.')
      const { messages } = await generateText({ model, prompt: 'Hi' })
      const again: Message[] = [...messages, { role: 'user', content: 'Still there?' }]
      assert.equal((await generateText({ model, messages: again })).text, 'Yes.')
    },
  },
  {
    name: 'two messages of one role in a row are taken',
    async run({ model }) {
      const messages: Message[] = [
        { role: 'user', content: 'One.' },
        { role: 'user', content: 'Two.' },
        { role: 'assistant', content: 'Three.' },
        { role: 'assistant', content: [{ type: 'text', text: 'Four.' }] },
        { role: 'user', content: 'Five.' },
      ]
      await generateText({ model, messages })
    },
  },
]
