import assert from 'node:assert/strict'
import type { CodeCall, CodeKnob, CodeModel, Usage } from '@anymodel/core'
import { toScript } from '../answer.ts'
import type { Bytes } from '../server/bytes.ts'
import type { ModelServer } from '../server/model-server.ts'
import type { FillWire } from '../wire/fill-wire.ts'
import { contains, failure, lastRequest, leaves, untouched } from './case.ts'
import { type CodeCase, type CodeContext, fill, fillWell, gapCall } from './completions.ts'

/** What a case works with that needs a service. */
export interface FillServiceContext extends CodeContext {
  readonly server: ModelServer
  readonly wire: FillWire
}

type ServiceCase = CodeCase<FillServiceContext>

const fragments = ['const ', 'größe = ', '👩‍👩‍👧;\n', '\treturn "a\\b"']
const text = fragments.join('')
const answer = [
  ...fragments.map((fragment) => ({ type: 'text', text: fragment }) as const),
  { type: 'finish', usage: { input: 21, output: 13 } } as const,
]

const gap = { prefix: 'const a = ', suffix: '\n' }

/** What source files may hold. */
const odd = [
  '',
  '  return ',
  '\u0000',
  'ürü 🙂👩‍👩‍👧',
  '\t"\\\r\n`$x`',
  '<fim_suffix><|fim_middle|>[SUFFIX]',
  'x'.repeat(20_000),
]

/** A value for every tuning option that can be found again in a request. */
const values: { readonly [K in CodeKnob]-?: CodeCall[K] } = {
  maxTokens: 77,
  temperature: 0.4375,
  topP: 0.8125,
  seed: 40_961,
  stop: ['stop-here-17'],
}

/** What goes to the service. */
export const fillRequests: readonly ServiceCase[] = [
  {
    name: 'nothing is sent before the first next(), and one request then',
    async run({ server, model }) {
      const iterator = model.fill(gapCall(model, gap))[Symbol.asyncIterator]()
      await untouched(server)
      for (let done = false; !done; ) done = (await iterator.next()).done === true
      await untouched(server, 1)
    },
  },
  {
    name: 'what stands around the gap arrives as it is',
    async run({ server, model, wire }) {
      for (const prefix of odd)
        for (const suffix of ['', '\n}\n', '\t"\\']) {
          await fillWell(model, gapCall(model, { prefix, suffix }))
          const sent = wire.gap(lastRequest(server).body)
          const expected = model.supports.input === 'parts' ? { prefix, suffix } : { prefix, suffix: '' }
          assert.deepEqual(sent, expected)
        }
    },
  },
  {
    name: 'no text of the user arrives as a marker of the prompt',
    unless: ({ input }) => (input === 'prompt' ? undefined : 'the model reads no prompts'),
    async run({ server, model, wire }) {
      const markers = ['<PRE>', '<SUF>', '<MID>']
      const marker = (name: string) => ({ type: 'marker', marker: name }) as const
      const written = { type: 'text', text: 'a <SUF> b' } as const
      const pieces = [marker('<PRE>'), written, marker('<SUF>'), marker('<MID>')]
      await fillWell(model, { prefix: written.text, suffix: '', prompt: { pieces, markers } })
      const { prefix } = wire.gap(lastRequest(server).body)
      assert.deepEqual([prefix.split('<PRE>').length, prefix.split('<SUF>').length], [2, 2])
    },
  },
  {
    name: 'other files arrive',
    unless: ({ context }) => (context ? undefined : 'the model reads no other files'),
    async run({ server, model }) {
      await fillWell(model, gapCall(model, gap, { context: [{ path: 'lib/b.ts', text: 'export const b = 4711' }] }))
      const { body } = lastRequest(server)
      assert.ok(contains(body, 'lib/b.ts') && contains(body, 'export const b = 4711'))
    },
  },
  {
    name: 'the tuning options that the model declares arrive',
    async run({ server, model }) {
      for (const knob of model.supports.knobs ?? []) {
        await fillWell(model, gapCall(model, gap, { [knob]: values[knob] }))
        const wanted = Array.isArray(values[knob]) ? values[knob][0] : values[knob]
        assert.ok(contains(lastRequest(server).body, wanted), `${knob} must be in the body`)
      }
    },
  },
  {
    name: 'headers and extra reach the service',
    async run({ server, model }) {
      await fillWell(model, gapCall(model, gap, { headers: { 'x-team': 'editor' }, extra: { priority: 'low-17' } }))
      const { headers, body } = lastRequest(server)
      assert.equal(headers['x-team'], 'editor')
      assert.ok(contains(body, 'low-17'), 'extra must be in the body')
    },
  },
]

const travels: readonly Bytes[] = [
  { cut: 1 },
  { cut: 7 },
  { cut: { seed: 1 } },
  { newline: '\r\n', cut: 3 },
  { comments: true },
  { encoding: 'gzip', cut: 5 },
]

const usageOf = async (model: CodeModel): Promise<Usage> =>
  (await fillWell(model, gapCall(model, gap))).finish?.usage ?? {}

/** What comes back. */
export const fillAnswers: readonly ServiceCase[] = [
  {
    name: 'text comes out as it was written, wherever the network cuts it, streamed or whole',
    async run({ server, model }) {
      for (const delivery of ['stream', 'whole'] as const)
        for (const travel of [{}, ...travels]) {
          server.reply({ answer, delivery, ...travel })
          assert.equal((await fillWell(model, gapCall(model, gap))).text, text, JSON.stringify([delivery, travel]))
        }
    },
  },
  {
    name: 'usage is what the service reports, and undefined where it does not',
    async run({ server, model }) {
      server.reply(answer)
      const { input, output } = await usageOf(model)
      assert.deepEqual([input, output], [21, 13])
      server.reply('a')
      const { raw: _raw, ...counts } = await usageOf(model)
      assert.deepEqual(
        Object.values(counts).filter((count) => count !== undefined),
        [],
      )
    },
  },
  {
    name: 'finish reasons are told apart',
    async run({ server, model, wire }) {
      for (const reason of wire.reasons) {
        server.reply([
          { type: 'text', text: 'a' },
          { type: 'finish', reason },
        ])
        assert.equal((await fillWell(model, gapCall(model, gap))).finish?.reason, reason)
      }
    },
  },
  {
    name: 'a completion without text is one',
    async run({ server, model }) {
      server.reply([{ type: 'finish' }])
      const { text: none, finish } = await fillWell(model, gapCall(model, gap))
      assert.deepEqual([none, finish?.reason], ['', 'stop'])
    },
  },
]

/** Streams that break. */
export const brokenFills: readonly ServiceCase[] = [
  {
    name: 'a stream cut short is an error worth a second try, not a short completion',
    async run({ server, model, wire }) {
      const { length } = wire
        .events(toScript(answer))
        .map(({ data }) => `data: ${data}\n\n`)
        .join('')
      for (let at = 0; at < length; at += 23)
        for (const fault of [{ endAt: at }, { dropAt: at }]) {
          server.reply({ answer, ...fault })
          const outcome = await fill(model, gapCall(model, gap))
          if (outcome.error === undefined) assert.equal(outcome.text, text, JSON.stringify(fault))
          else assert.ok((await failure(Promise.reject(outcome.error))).retryable, JSON.stringify(fault))
        }
    },
  },
  {
    name: 'a stream without its end is truncated',
    async run({ server, model }) {
      server.reply({ answer, rewrite: (events) => events.filter(({ terminal }) => !terminal) })
      const { error, text: came } = await fill(model, gapCall(model, gap))
      assert.deepEqual([(await failure(Promise.reject(error))).code, came], ['truncated', text])
    },
  },
  {
    name: 'values of other types than the format has are an error or passed over, never handed on',
    async run({ server, model, wire }) {
      const first = wire.events(toScript(answer)).findIndex(({ data }) => data.includes('const '))
      for (const value of [null, 7, true, [], {}, [['x']]]) {
        server.reply({
          answer,
          rewrite: (events) =>
            events.map((event, at) =>
              at === first ? { ...event, data: swapped(event.data, 'const ', value) } : event,
            ),
        })
        const { parts } = await fill(model, gapCall(model, gap))
        for (const part of parts) if (part.type === 'text') assert.equal(typeof part.text, 'string')
      }
    },
  },
]

/** JSON with another value in place of a text. */
function swapped(json: string, found: string, value: unknown): string {
  const parsed = JSON.parse(json)
  for (const [path, leaf] of leaves(parsed)) {
    if (leaf !== found) continue
    const owner = path
      .slice(0, -1)
      .reduce<Record<string | number, unknown>>((inner, key) => inner[key] as never, parsed)
    owner[path.at(-1) as string] = value
  }
  return JSON.stringify(parsed)
}
