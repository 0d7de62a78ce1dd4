import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { isAnyModelError, type Json, type Part, type TextModel } from '@anymodel/core'
import { seeded } from '../server/random.ts'
import type { WireEvent } from '../wire/wire.ts'
import { richAnswer } from './answers.ts'
import { ask, type Case, read, readWell, soon } from './case.ts'

type Path = readonly (string | number)[]

/** What may stand where something else should. */
const wrongs: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  '',
  'text',
  true,
  [],
  {},
  [null],
  [[]],
  ['text'],
  [17],
  { toString: 1, length: -1 },
  { type: 17, text: {}, index: 'x' },
]

/** Every place in a JSON value, inner ones and outer ones. */
function* paths(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    yield* paths(inner, [...path, Array.isArray(value) ? Number(key) : key])
}

function replaced(value: unknown, [key, ...rest]: Path, wrong: unknown): unknown {
  if (key === undefined) return wrong
  if (Array.isArray(value)) return value.map((item, at) => (at === key ? replaced(item, rest, wrong) : item))
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, wrong) }
}

/** One wrong value somewhere, and words that say where. */
function damage(value: unknown, random: () => number): { value: unknown; words: string } {
  const all = [...paths(value)]
  const path = all[Math.floor(random() * all.length)] ?? []
  const wrong = wrongs[Math.floor(random() * wrongs.length)]
  return { value: replaced(value, path, wrong), words: `${path.join('.')} = ${JSON.stringify(wrong)}` }
}

/** It ends, well or with an error of ours. */
async function endsDecently(model: TextModel, words: () => string, delivery: 'stream' | 'whole'): Promise<void> {
  const { error, finish, parts } = await soon(read(model, ask('Hi', { delivery })), `the end (${words()})`, 5_000)
  const wrong = parts.find((part) => !isWellTyped(part))
  assert.equal(wrong, undefined, `${words()}: ${inspect(wrong)} is not a part`)
  if (error === undefined) return assert.ok(finish, `${words()}: no finish`)
  assert.ok(isAnyModelError(error), `${words()}: ${inspect(error)}`)
}

/** Fields of parts that must be texts. */
const texts: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  reasoning: ['text'],
  'tool-call': ['id', 'name', 'input'],
  'tool-result': ['id', 'name'],
  file: ['mediaType'],
  notice: ['kind', 'message'],
  finish: ['reason'],
}

function isWellTyped(part: Part): boolean {
  const fields = part as unknown as Record<string, unknown>
  if ((texts[part.type] ?? []).some((name) => typeof fields[name] !== 'string')) return false
  if (part.type !== 'finish') return true
  const { usage, response } = part
  const { raw: _raw, ...counts } = usage
  return (
    Object.values(counts).every((count) => count === undefined || Number.isFinite(count)) &&
    typeof response.provider === 'string' &&
    typeof response.model === 'string'
  )
}

const rounds = 150

/** Services that send what no service should. */
export const hostile: readonly Case[] = [
  {
    name: 'a wrong value anywhere in a stream is an error of ours or passed over',
    async run({ server, model }) {
      const random = seeded(17)
      let words = ''
      const rewrite = (events: readonly WireEvent[]): WireEvent[] => {
        const at = Math.floor(random() * events.length)
        const event = events[at] as WireEvent
        if (!event.data.startsWith('{')) return [...events]
        const damaged = damage(JSON.parse(event.data), random)
        words = `event ${at} ${event.name ?? ''}: ${damaged.words}`
        return events.with(at, { ...event, data: JSON.stringify(damaged.value) })
      }
      server.reply({ answer: richAnswer, rewrite })
      for (let round = 0; round < rounds; round++) await endsDecently(model, () => words, 'stream')
    },
  },
  {
    name: 'a wrong value anywhere in a whole body is an error of ours or passed over',
    async run({ server, model }) {
      const random = seeded(18)
      let words = ''
      const rewriteWhole = (body: Json): Json => {
        const damaged = damage(body, random)
        words = damaged.words
        return damaged.value as Json
      }
      server.reply({ answer: richAnswer, delivery: 'whole', rewriteWhole })
      for (let round = 0; round < rounds; round++) await endsDecently(model, () => words, 'whole')
    },
  },
  {
    name: 'a wrong value anywhere in an error body is still that error',
    async run({ server, model, wire }) {
      const random = seeded(19)
      const body = wire.error({ status: 429, message: 'Too many.', code: wire.codes[429] ?? 'rate' })
      for (let round = 0; round < 60; round++) {
        const { value, words } = damage(body, random)
        server.reply({ status: 429, body: value as Json })
        const { error } = await soon(read(model, ask()), `the end (${words})`)
        assert.ok(isAnyModelError(error), `${words}: ${inspect(error)}`)
      }
    },
  },
  {
    name: 'JSON a hundred thousand levels deep does no harm',
    async run({ server, model }) {
      const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
      server.reply({
        answer: 'Hello.',
        rewrite: (events) => [...events.slice(0, 1), { data: deep }, ...events.slice(1)],
      })
      await endsDecently(model, () => 'a deep event', 'stream')
      for (const [status, body] of [
        [200, deep],
        [400, deep],
        [400, `{"error":${deep}}`],
      ] as const) {
        server.reply({ status, body })
        await endsDecently(model, () => `a deep body under status ${status}`, 'whole')
      }
    },
  },
  {
    name: 'an event of four million characters is read',
    async run({ server, model }) {
      const text = 'ab😀d'.repeat(800_000)
      server.reply(text)
      assert.ok((await readWell(model, ask())).text === text, 'the text must be whole')
    },
  },
  {
    name: 'five thousand small events in one go are read',
    async run({ server, model }) {
      const fragments = Array.from({ length: 5_000 }, (_, at) => ({ type: 'text' as const, text: `${at} ` }))
      server.reply({ answer: fragments, cut: 'whole' })
      assert.equal((await readWell(model, ask())).text, fragments.map(({ text }) => text).join(''))
    },
  },
  {
    name: 'keys that JavaScript keeps for itself are only keys',
    async run({ server, model }) {
      const body =
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"error":{"__proto__":{"polluted":true},"message":"no"}}'
      server.reply({ status: 400, body })
      await endsDecently(model, () => body, 'whole')
      assert.equal(({} as { polluted?: unknown }).polluted, undefined)
    },
  },
]
