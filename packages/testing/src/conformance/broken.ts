import assert from 'node:assert/strict'
import { generateText, isAnyModelError, streamText } from '@anymodel/core'
import { toScript } from '../answer.ts'
import { richAnswer } from './answers.ts'
import { ask, type Case, failure, type Outcome, read, readWell } from './case.ts'

const full = toScript(richAnswer)
const fullText = full.content.map((part) => (part.type === 'text' ? part.text : '')).join('')

/** An answer that was broken off must be an error, or else whole. */
function wholeOrError({ text, calls, finish, error }: Outcome, where: string): void {
  if (error !== undefined) {
    assert.ok(isAnyModelError(error), `${where}: ${String(error)}`)
    assert.ok(error.retryable, `${where}: ${error.code} must be retryable`)
    return
  }
  assert.equal(text, fullText, `${where}: a short answer was presented as a whole one`)
  assert.deepEqual(
    calls.map(({ input }) => JSON.parse(input)),
    [{ city: 'Oslo' }, { city: 'Zürich 🏔️' }],
    where,
  )
  assert.ok(finish, where)
}

/** About `count` places spread over a length. */
const places = (length: number, count: number): number[] => [
  ...new Set(Array.from({ length: count }, (_, at) => Math.floor((at * length) / count))),
]

/** Streams that break, and streams with dirt in them. */
export const broken: readonly Case[] = [
  {
    name: 'a stream cut short is an error, not a short answer',
    async run({ server, model, wire }) {
      const { length } = JSON.stringify(wire.events(full))
      for (const at of places(length, 40)) {
        server.reply({ answer: richAnswer, endAt: at })
        wholeOrError(await read(model, ask()), `ended after ${at} bytes`)
      }
    },
  },
  {
    name: 'a connection that breaks in mid-stream is an error, not a short answer',
    async run({ server, model, wire }) {
      const { length } = JSON.stringify(wire.events(full))
      for (const at of [-1, ...places(length, 8)]) {
        server.reply({ answer: richAnswer, dropAt: at })
        wholeOrError(await read(model, ask()), `dropped after ${at} bytes`)
      }
    },
  },
  {
    name: 'a stream without its end is truncated, and keeps what came',
    async run({ server, model }) {
      server.reply({ answer: 'One, two, three.', rewrite: (events) => events.filter(({ terminal }) => !terminal) })
      const error = await failure(streamText({ model, prompt: 'Hi' }).result)
      assert.deepEqual([error.code, error.retryable, error.phase], ['truncated', true, 'post-content'])
      assert.equal(error.partial?.text, 'One, two, three.')
    },
  },
  {
    name: 'a whole body cut short is an error',
    async run({ server, model, wire }) {
      const { length } = JSON.stringify(wire.whole(full, {}))
      for (const at of places(length, 12)) {
        server.reply({ answer: richAnswer, delivery: 'whole', endAt: at })
        const error = await failure(generateText({ model, prompt: 'Hi' }))
        assert.ok(error.retryable, `${at} bytes: ${error.code} must be retryable`)
      }
    },
  },
  {
    name: 'an event that is not JSON is skipped with a warning, and the answer is whole',
    async run({ server, model }) {
      for (const data of ['{"choices":[{"delta":{"content":"', 'garbage', '"text"', 'null', '17']) {
        server.reply({
          answer: richAnswer,
          rewrite: (events) => [...events.slice(0, 3), { data }, ...events.slice(3)],
        })
        const outcome = await readWell(model, ask())
        wholeOrError(outcome, data)
        assert.deepEqual(outcome.warnings, ['stream'], data)
      }
    },
  },
  {
    name: 'events of kinds that nobody knows are passed over',
    async run({ server, model }) {
      const unknown = { type: 'brand_new.event', sequence_number: 3, index: 99, delta: { type: 'brand_new_delta' } }
      const event = { name: 'brand_new.event', data: JSON.stringify(unknown) }
      server.reply({ answer: richAnswer, rewrite: (events) => [...events.slice(0, 3), event, ...events.slice(3)] })
      wholeOrError(await readWell(model, ask()), 'unknown event')
    },
  },
]
