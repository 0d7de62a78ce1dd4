import assert from 'node:assert/strict'
import { type FunctionDefinition, generateText, type ToolChoice } from '@anymodel/core'
import type { Answer } from '../answer.ts'
import { ask, type Case, contains, lastRequest, readWell } from './case.ts'

const unless: NonNullable<Case['unless']> = ({ tools }) => (tools ? undefined : 'the model takes no tools')

const weather: FunctionDefinition = {
  type: 'function',
  name: 'weather',
  description: 'Current weather of a city',
  inputSchema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

const clock: FunctionDefinition = { type: 'function', name: 'clock', inputSchema: { type: 'object', properties: {} } }

/** Two calls whose fragments come in turns. */
const interleaved: Answer = [
  { type: 'tool-call', id: 'call_aaaaaaaa1', name: 'weather', input: '{"ci' },
  { type: 'tool-call', id: 'call_bbbbbbbb2', name: 'weather', input: '{"city":' },
  { type: 'tool-call', id: 'call_aaaaaaaa1', name: 'weather', input: 'ty":"Oslo"}' },
  { type: 'tool-call', id: 'call_bbbbbbbb2', name: 'weather', input: '"Rome"}' },
]

/** Tools: what goes out, what comes in, what goes back. */
export const tools: readonly Case[] = [
  {
    name: 'tools are described to the model',
    unless,
    async run({ server, model }) {
      await readWell(model, ask('Hi', { tools: [weather] }))
      const { body } = lastRequest(server)
      assert.ok(contains(body, 'weather') && contains(body, 'Current weather of a city') && contains(body, 'city'))
    },
  },
  {
    name: 'every tool choice is accepted',
    unless,
    async run({ server, model }) {
      const choices: ToolChoice[] = ['auto', 'none', 'required', { tool: 'weather' }]
      const bodies: string[] = []
      for (const toolChoice of choices) {
        await readWell(model, ask('Hi', { tools: [weather, clock], toolChoice }))
        bodies.push(lastRequest(server).text)
      }
      assert.equal(new Set(bodies).size, choices.length, 'each choice must be told to the service')
    },
  },
  {
    name: 'parallel calls come apart by id, their fragments joined',
    unless,
    async run({ server, model }) {
      server.reply(interleaved)
      for (const delivery of ['stream', 'whole'] as const) {
        const { calls, finish } = await readWell(model, ask('Hi', { tools: [weather], delivery }))
        assert.deepEqual(
          calls.map(({ name, input }) => [name, JSON.parse(input)]),
          [
            ['weather', { city: 'Oslo' }],
            ['weather', { city: 'Rome' }],
          ],
          delivery,
        )
        assert.equal(new Set(calls.map(({ id }) => id)).size, 2)
        assert.equal(finish?.reason, 'tool-calls')
      }
    },
  },
  {
    name: 'a call without arguments has an empty object as input',
    unless,
    async run({ server, model }) {
      server.reply([{ type: 'tool-call', id: 'call_aaaaaaaa1', name: 'clock', input: '' }])
      for (const delivery of ['stream', 'whole'] as const) {
        const { toolCalls } = await generateText({ model, prompt: 'Hi', tools: { clock: { input: {} } }, delivery })
        assert.deepEqual(
          toolCalls.map(({ name, input }) => [name, input]),
          [['clock', {}]],
          delivery,
        )
      }
    },
  },
  {
    name: 'results go back, each to its call, and the answer goes on',
    unless,
    async run({ server, model }) {
      server.reply(interleaved, 'Cold and warm.')
      const { text, steps, messages } = await generateText({
        model,
        prompt: 'Oslo and Rome?',
        tools: {
          weather: { input: weather.inputSchema, execute: ({ city }: { city: string }) => `${city}-is-measured` },
        },
      })
      assert.deepEqual([text, steps.length], ['Cold and warm.', 2])
      const sent = lastRequest(server).text
      assert.ok(
        sent.indexOf('Oslo-is-measured') > 0 && sent.indexOf('Rome-is-measured') > sent.indexOf('Oslo-is-measured'),
      )
      await readWell(model, { messages: [...messages, { role: 'user', content: 'Thanks.' }], tools: [weather] })
    },
  },
  {
    name: 'a tool that fails, one that gives an object and one that gives nothing all go back',
    unless,
    async run({ server, model }) {
      const names = ['fails', 'object', 'nothing']
      server.reply(
        names.map((name, at) => ({ type: 'tool-call' as const, id: `call_aaaaaaaa${at}`, name, input: '{}' })),
        'Done.',
      )
      const input = { type: 'object', properties: {} }
      const { text } = await generateText({
        model,
        prompt: 'Go',
        tools: {
          fails: {
            input,
            execute: () => {
              throw new Error('broken-pipe-17')
            },
          },
          object: { input, execute: () => ({ deep: [{ marker: 'object-marker-18' }] }) },
          nothing: { input, execute: () => undefined },
        },
      })
      assert.equal(text, 'Done.')
      const sent = lastRequest(server).text
      assert.ok(sent.includes('broken-pipe-17') && sent.includes('object-marker-18'))
    },
  },
  {
    name: 'a call whose input was not JSON can go back',
    unless,
    async run({ model }) {
      await readWell(model, {
        tools: [weather],
        messages: [
          { role: 'user', content: 'Weather?' },
          {
            role: 'assistant',
            content: [{ type: 'tool-call', id: 'call_aaaaaaaa1', name: 'weather', input: '{"city": ' }],
          },
          {
            role: 'tool',
            content: [{ type: 'tool-result', id: 'call_aaaaaaaa1', name: 'weather', output: 'no JSON', isError: true }],
          },
        ],
      })
    },
  },
  {
    name: 'text beside a call stays',
    unless,
    async run({ server, model }) {
      server.reply([{ type: 'text', text: 'One moment.' }, ...(interleaved as [])])
      const { text, calls } = await readWell(model, ask('Hi', { tools: [weather] }))
      assert.deepEqual([text, calls.length], ['One moment.', 2])
    },
  },
]
