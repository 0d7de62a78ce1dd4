import assert from 'node:assert/strict'
import {
  type AnyModelError,
  type ErrorCode,
  generateText,
  isAnyModelError,
  streamText,
  withRetry,
} from '@anymodel/core'
import type { Reply, ServedRequest } from '../server/reply.ts'
import { ask, type Case, contains, failure, lastRequest, read } from './case.ts'

/** Status to code and whether asking again may help, for errors that the format has a code for. */
const statuses: readonly (readonly [number, ErrorCode, boolean])[] = [
  [400, 'bad-request', false],
  [401, 'auth', false],
  [403, 'auth', false],
  [404, 'not-found', false],
  [429, 'rate-limit', true],
  [500, 'server', true],
]

/** The same for bodies that say nothing. */
const bare: readonly (readonly [number, string, ErrorCode, boolean])[] = [
  [400, '', 'bad-request', false],
  [401, '', 'auth', false],
  [404, 'not here', 'not-found', false],
  [408, '', 'timeout', true],
  [413, '', 'context-length', false],
  [422, '{}', 'bad-request', false],
  [429, '', 'rate-limit', true],
  [500, '', 'server', true],
  [502, '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>', 'server', true],
  [503, 'null', 'server', true],
  [504, '[]', 'server', true],
  [529, '', 'rate-limit', true],
]

const inMs = (ms: number) => new Date(Date.now() + ms).toUTCString()

/** Spellings of "ask again in so many ms", with the bounds of what must be understood. */
const waits: readonly (readonly [string, () => Partial<Reply>, number | undefined, number?])[] = [
  ['seconds', () => ({ headers: { 'retry-after': '2' } }), 2_000],
  ['fractions of a second', () => ({ headers: { 'retry-after': '0.5' } }), 500],
  ['a date', () => ({ headers: { 'retry-after': inMs(30_000) } }), 27_000, 30_000],
  ['a date in the past', () => ({ headers: { 'retry-after': inMs(-60_000) } }), undefined],
  ['milliseconds', () => ({ headers: { 'retry-after-ms': '350', 'retry-after': '1' } }), 350],
  ['a negative number', () => ({ headers: { 'retry-after': '-5' } }), undefined],
  ['nonsense', () => ({ headers: { 'retry-after': 'soon' } }), undefined],
  ['words', () => ({ error: { status: 429, message: 'Rate limit reached. Please try again in 350ms.' } }), 350],
]

const keyHeaders = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']

/** The credential that a request carried, or one that looks like it. */
export function keyOf({ headers }: ServedRequest): string {
  const sent = keyHeaders
    .map((name) => headers[name])
    .find(Boolean)
    ?.replace(/^bearer /i, '')
  return sent && sent.length >= 16 ? sent : 'sk-proj-abcdefghijklmnopqrstuvwxyz123456'
}

/** Everything that an error shows of itself. */
export const shown = (error: AnyModelError): string =>
  `${error.message} ${JSON.stringify(error)} ${String(error)} ${error.stack}`

/** Errors of a service, wherever it puts them. */
export const errors: readonly Case[] = [
  {
    name: 'error responses have a code, and say who failed, with which status and request id',
    async run({ server, model }) {
      for (const [status, code, retryable] of statuses) {
        server.reply({ error: { status, message: 'Something is wrong with field-17' } })
        for (const delivery of ['stream', 'whole'] as const) {
          const error = await failure(generateText({ model, prompt: 'Hi', delivery }))
          assert.deepEqual([error.code, error.retryable, error.status], [code, retryable, status])
          assert.deepEqual([error.provider, error.model, error.requestId], [model.provider, model.id, 'req_served'])
          assert.ok(error.message.includes('field-17'), error.message)
        }
      }
      assert.equal(server.requests.length, statuses.length * 2, 'no request may be repeated')
    },
  },
  {
    name: 'error responses without a usable body have the code of their status',
    async run({ server, model }) {
      for (const [status, body, code, retryable] of bare) {
        server.reply({ status, body })
        const error = await failure(generateText({ model, prompt: 'Hi' }))
        assert.deepEqual([error.code, error.retryable, error.status], [code, retryable, status])
      }
    },
  },
  {
    name: 'retryAfter is understood in all its spellings',
    async run({ server, model }) {
      for (const [name, reply, least, most = least] of waits) {
        server.reply({ error: { status: 429, message: 'Slow down.' }, ...reply() })
        const { retryAfter } = await failure(generateText({ model, prompt: 'Hi' }))
        if (least === undefined) assert.equal(retryAfter, undefined, name)
        else
          assert.ok(
            retryAfter !== undefined && retryAfter >= least && retryAfter <= (most as number),
            `${name}: ${retryAfter}`,
          )
      }
    },
  },
  {
    name: 'x-should-retry overrides what the status implies',
    async run({ server, model }) {
      server.reply({ error: { status: 500, message: 'No.' }, headers: { 'x-should-retry': 'false' } })
      assert.equal((await failure(generateText({ model, prompt: 'Hi' }))).retryable, false)
      server.reply({ error: { status: 400, message: 'Yes.' }, headers: { 'x-should-retry': 'true' } })
      assert.equal((await failure(generateText({ model, prompt: 'Hi' }))).retryable, true)
    },
  },
  {
    name: 'retry-after on a success is no error',
    async run({ server, model }) {
      server.reply({ answer: 'Hello.', headers: { 'retry-after': '10' } })
      assert.equal((await generateText({ model, prompt: 'Hi' })).text, 'Hello.')
    },
  },
  {
    name: 'credentials that a service repeats are not in the error',
    async run({ server, model }) {
      let key = ''
      server.reply((request) => {
        key = keyOf(request)
        return { error: { status: 401, message: `Incorrect API key provided: ${key}. Bearer ${key}` } }
      })
      const error = await failure(generateText({ model, prompt: 'Hi' }))
      assert.ok(key !== '' && !shown(error).includes(key), 'the key must be redacted')
    },
  },
  {
    name: 'an error under status 200 is an error',
    async run({ server, model }) {
      server.reply({ status: 200, error: { status: 429, message: 'Too many.' } })
      for (const delivery of ['stream', 'whole'] as const) {
        const error = await failure(generateText({ model, prompt: 'Hi', delivery }))
        assert.deepEqual([error.code, error.provider, error.model], ['rate-limit', model.provider, model.id])
        assert.ok(error.message.includes('Too many.'))
      }
    },
  },
  {
    name: 'an HTML page or another text under status 200 is an error that says so',
    async run({ server, model }) {
      for (const body of ['<!doctype html><title>Sign in to WiFi</title>', 'OK', '"a text"', '17', '[]', '{}']) {
        server.reply({ status: 200, body })
        const error = await failure(generateText({ model, prompt: 'Hi' }))
        assert.notEqual(error.code, 'invalid-argument', body)
        if (body.startsWith('<')) assert.ok(/HTML/.test(error.message), error.message)
      }
    },
  },
  {
    name: 'an empty body under status 200 is a truncated answer',
    async run({ server, model }) {
      server.reply({ status: 200, body: '' })
      assert.equal((await failure(generateText({ model, prompt: 'Hi' }))).code, 'truncated')
      server.reply({ rewrite: () => [] })
      assert.equal((await failure(streamText({ model, prompt: 'Hi' }).result)).code, 'truncated')
    },
  },
  {
    name: 'a redirect is an error, not followed',
    async run({ server, model }) {
      server.reply({ status: 307, body: '', headers: { location: '/elsewhere' } })
      await failure(generateText({ model, prompt: 'Hi' }))
      assert.equal(server.requests.length, 1)
    },
  },
  {
    name: 'an error as the first event of a stream comes before any content',
    async run({ server, model }) {
      server.reply({ answer: 'Hello.', error: { status: 429, message: 'Overloaded.', after: 0 } })
      const { parts, error } = await read(model, ask())
      assert.ok(isAnyModelError(error))
      assert.deepEqual(
        [error.code, error.phase, error.provider, error.model],
        ['rate-limit', 'pre-content', model.provider, model.id],
      )
      assert.ok(error.message.includes('Overloaded.') && !contains(parts, 'Hello.'))
    },
  },
  {
    name: 'an error before the first content can be made good by a retry',
    async run({ server, model, wire }) {
      const after = wire
        .events({ content: [{ type: 'text', text: 'Hello.' }], reason: 'stop', usage: undefined, response: {} })
        .findIndex(({ data }) => data.includes('Hello.'))
      const first = { error: { status: 429, message: 'Overloaded.', after }, headers: { 'retry-after': '0' } }
      server.reply({ answer: 'Hello.', ...first }, 'Hello.')
      const { text, attempts } = await streamText({ model: withRetry(model), prompt: 'Hi' }).result
      assert.deepEqual([text, attempts.length, server.requests.length], ['Hello.', 2, 2])
    },
  },
  {
    name: 'an error late in a stream keeps what came before it',
    async run({ server, model, wire }) {
      const text = ['One, ', 'two, ', 'three.'].map((text) => ({ type: 'text' as const, text }))
      const after = wire
        .events({ content: text, reason: 'stop', usage: undefined, response: {} })
        .findIndex(({ data }) => data.includes('three'))
      server.reply({ answer: text, error: { message: 'The machine broke.', after } })
      const error = await failure(streamText({ model, prompt: 'Hi' }).result)
      assert.deepEqual([error.code, error.phase, error.partial?.text], ['server', 'post-content', 'One, two, '])
      assert.equal((await lastRequest(server).outcome) !== undefined, true)
    },
  },
]
