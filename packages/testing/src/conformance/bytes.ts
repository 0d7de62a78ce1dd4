import assert from 'node:assert/strict'
import type { Bytes } from '../server/bytes.ts'
import { richAnswer } from './answers.ts'
import { ask, type Case, type Outcome, readWell } from './case.ts'

/** Ways in which the same answer may travel. */
const travels: readonly Bytes[] = [
  { cut: 1 },
  { cut: 7 },
  { cut: { seed: 1 } },
  { cut: { seed: 2 } },
  { cut: { seed: 3 } },
  { cut: 'whole' },
  { newline: '\r\n' },
  { newline: '\r\n', cut: 1 },
  { newline: '\r', cut: 7 },
  { comments: true },
  { comments: true, newline: '\r\n', cut: { seed: 4 } },
  { encoding: 'gzip' },
  { encoding: 'gzip', cut: 1 },
  { encoding: 'br', cut: 7 },
  { encoding: 'deflate', cut: { seed: 5 } },
]

const essence = ({ text, reasoning, calls, finish, warnings }: Outcome) => ({
  text,
  reasoning,
  calls: calls.map(({ name, input }) => [name, input]),
  reason: finish?.reason,
  usage: finish?.usage,
  warnings,
})

/** Where the network cuts does not matter. */
export const bytes: readonly Case[] = [
  {
    name: 'where the network cuts a stream, how lines end, comments and compression do not matter',
    async run({ server, model }) {
      server.reply(richAnswer)
      const expected = essence(await readWell(model, ask()))
      for (const travel of travels) {
        server.reply({ answer: richAnswer, ...travel })
        assert.deepEqual(essence(await readWell(model, ask())), expected, JSON.stringify(travel))
      }
    },
  },
  {
    name: 'where the network cuts a whole body does not matter',
    async run({ server, model }) {
      for (const travel of travels) {
        server.reply({ answer: richAnswer, delivery: 'whole', ...travel })
        const { text, calls } = await readWell(model, ask('Hi', { delivery: 'whole' }))
        assert.deepEqual([text, calls.length], ['Let me see: 北京, 🌦️ und Zürich.', 2], JSON.stringify(travel))
      }
    },
  },
]
