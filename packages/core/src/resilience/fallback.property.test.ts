import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Message } from '../contract/message.ts'
import type { Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { streamText } from '../generate/stream-text.ts'
import { type FallbackOptions, withFallback } from './fallback.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** How a model behaves that is asked to go on with an answer. */
const styles = [
  'prefills',
  'repeats',
  'refuses',
  'prefaces',
  'begins anew',
  'repeats a sentence',
  'says something else',
] as const
type Style = (typeof styles)[number]

/** Those that do as they are told: with them no text is too repetitive to be joined. */
const obedient = ['prefills', 'repeats', 'refuses'] as const

/** The whole answer: a text, and perhaps a tool call at its end. */
interface Reference {
  readonly text: string
  readonly calls: boolean
}

/** How one attempt ends: after so much of what it says, in this way. */
interface Break {
  /** From 0 to 1. */
  readonly at: number
  readonly how: 'network' | 'end' | 'malformed' | 'stall' | 'server' | 'context-length'
}

interface Plan {
  readonly style: Style
  /** The first attempts; those after them are whole. */
  readonly breaks: readonly Break[]
  /** Length of a fragment. */
  readonly fragment: number
}

const finish: Part = { type: 'finish', reason: 'stop', usage: { output: 1 }, response: { provider: 'p', model: 'm' } }
const callPart: Part = { type: 'tool-call', id: 'c', name: 'pay', input: '{}', byProvider: true }

const textOf = ({ content }: Message): string => String(content)

/** What a model says to a call. */
function said({ messages }: TextCall, { text }: Reference, style: Style): string | Error {
  const last = messages.at(-1) as Message
  if (last.role === 'assistant') {
    return style === 'prefills' ? text.slice(textOf(last).length) : new AnyModelError('bad-request', 'No prefill.')
  }
  const begun = messages.at(-2)
  if (begun?.role !== 'assistant') return text
  const rest = text.slice(textOf(begun).length)
  const anchor = textOf(last).slice(textOf(last).indexOf('\n') + 1)
  switch (style) {
    case 'repeats':
      return anchor + rest
    case 'prefaces':
      return `Of course, here is the rest:\n\n${anchor}${rest}`
    case 'begins anew':
      return text
    case 'repeats a sentence':
      return textOf(begun).slice(-90) + rest
    case 'says something else':
      return 'I am sorry, what was the question?'
    default:
      return new AnyModelError('bad-request', 'The conversation must not be continued.')
  }
}

const errorOf = (how: Break['how']): Error | undefined => {
  if (how === 'end') return undefined
  if (how === 'stall') return new AnyModelError('timeout', 'idle', { clock: 'idle', phase: 'post-content' })
  return new AnyModelError(how, how)
}

function planned(reference: Reference, plan: Plan, id: string, count: () => void): TextModel {
  let attempt = 0
  return {
    provider: 'test',
    id,
    supports: { prefill: plan.style === 'prefills' || plan.style === 'refuses', tools: true },
    async *stream(call) {
      count()
      const broken = plan.breaks[attempt++]
      const text = said(call, reference, plan.style)
      if (text instanceof Error) throw text
      const parts: Part[] = []
      for (let at = 0; at < text.length; at += plan.fragment)
        parts.push({ type: 'text', text: text.slice(at, at + plan.fragment) })
      if (reference.calls) parts.push(callPart)
      // The whole content without its end is a break as well.
      const kept = broken ? Math.floor(broken.at * (parts.length + 1)) : parts.length
      for (const part of parts.slice(0, kept)) yield part
      if (!broken) yield finish
      const error = broken && errorOf(broken.how)
      if (error) throw error
    },
  }
}

/** What a reader has at the end who does as the notices say. */
async function readAll(model: TextModel): Promise<{ text: string; calls: number; finished: boolean; error: unknown }> {
  const stream = streamText({ model, prompt: 'Go.' })
  let text = ''
  let calls = 0
  let finished = false
  let error: unknown
  const reading = (async () => {
    for await (const part of stream) {
      if (part.type === 'text') text += part.text
      else if (part.type === 'tool-call') calls++
      else if (part.type === 'finish') finished = true
      else if (part.type === 'notice' && part.kind === 'reset') {
        expect(part.discardChars).toBe(text.length)
        text = ''
      }
    }
    const result = await stream.result
    expect(result.text).toBe(text)
  })().catch((thrown: unknown) => {
    error = thrown
  })
  await vi.runAllTimersAsync()
  await reading
  return { text, calls, finished, error }
}

const policies: fc.Arbitrary<FallbackOptions> = fc.record({
  onBreak: fc.constantFrom('error', 'restart', 'continue'),
  maxAttempts: fc.integer({ min: 1, max: 6 }),
  retries: fc.integer({ min: 0, max: 2 }),
  hold: fc.constantFrom({}, {}, { chars: 20 }, { ms: 50 }, { chars: 20, ms: 50 }),
  cooldown: fc.constant(0),
})
const breaks = fc.record({
  // Not a double: most of those lie next to 0.
  at: fc.integer({ min: 0, max: 10_000 }).map((share) => share / 10_000),
  how: fc.constantFrom<Break['how']>('network', 'end', 'malformed', 'stall', 'server', 'context-length'),
})
const plans = (of: readonly Style[]) =>
  fc.array(
    fc.record({
      style: fc.constantFrom(...of),
      breaks: fc.array(breaks, { maxLength: 3 }),
      fragment: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: 1, maxLength: 3 },
  )

const repetitive = fc.string({
  unit: fc.constantFrom('a', 'b ', ' ', '\n', '🐟', 'ab ab '),
  minLength: 1,
  maxLength: 200,
})
const words = fc
  .integer({ min: 1, max: 60 })
  .map((count) => Array.from({ length: count }, (_, at) => `${at}${'klmnop'[at % 6]}${at * 7}`).join(' '))

async function holds(reference: Reference, given: readonly Plan[], options: FallbackOptions): Promise<void> {
  let requests = 0
  const models = given.map((plan, at) => planned(reference, plan, `m${at}`, () => requests++))
  const { text, calls, finished, error } = await readAll(withFallback(models, options))
  expect(requests).toBeLessThanOrEqual(options.maxAttempts ?? 0)
  if (finished) {
    expect(error).toBeUndefined()
    expect(text).toBe(reference.text)
    expect(calls).toBe(reference.calls ? 1 : 0)
    return
  }
  expect(error).toBeInstanceOf(AnyModelError)
  const { partial } = error as AnyModelError
  expect(partial?.text).toBe(text)
  expect(partial?.toolCalls.length).toBe(calls)
  expect(reference.text.startsWith(text)).toBe(true)
  expect(calls).toBeLessThanOrEqual(1)
}

const runs = { numRuns: 1_500 }

it('a reader ends with exactly the answer, or the call fails with what was delivered: any text, models that do as they are told', () =>
  fc.assert(
    fc.asyncProperty(repetitive, fc.boolean(), plans(obedient), policies, (text, calls, given, options) =>
      holds({ text, calls }, given, options),
    ),
    runs,
  ))

it('a reader ends with exactly the answer, or the call fails with what was delivered: models that go on in their own way', () =>
  fc.assert(
    fc.asyncProperty(words, fc.boolean(), plans(styles), policies, (text, calls, given, options) =>
      holds({ text, calls }, given, options),
    ),
    runs,
  ))

it('one healthy model is enough, unless a tool call was delivered or breaks are errors', () =>
  fc.assert(
    fc.asyncProperty(
      words,
      breaks,
      plans(obedient),
      fc.constantFrom('restart', 'continue' as const),
      async (text, broken, [plan], onBreak) => {
        const reference = { text, calls: false }
        const how = broken.how === 'context-length' ? 'network' : broken.how
        const first = { ...(plan as Plan), breaks: Array.from({ length: 4 }, () => ({ ...broken, how })) }
        const healthy: Plan = { ...(plan as Plan), breaks: [] }
        const models = [first, healthy].map((one, at) => planned(reference, one, `m${at}`, () => {}))
        expect(await readAll(withFallback(models, { onBreak }))).toMatchObject({ text, finished: true })
      },
    ),
    { numRuns: 500 },
  ))
