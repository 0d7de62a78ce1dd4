import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type AnyModelError,
  isAnyModelError,
  type Part,
  type TextCall,
  type TextModel,
  type TextSupport,
} from '@anymodel/core'
import type { ModelServer } from '../server/model-server.ts'
import type { ServedRequest } from '../server/reply.ts'
import type { Wire } from '../wire/wire.ts'

/** What a case works with: a server of its own and a model that talks to it. */
export interface CaseContext {
  readonly server: ModelServer
  readonly model: TextModel
  readonly wire: Wire
}

/** One behaviour that models must have. */
export interface Case<Context = CaseContext, Supports = TextSupport> {
  readonly name: string
  /** Why a model that declares this need not have it; `undefined` when it must. */
  readonly unless?: (supports: Supports) => string | undefined
  run(context: Context): Promise<void>
}

/** A call with one user message. */
export const ask = (text = 'Say hello.', more: Partial<TextCall> = {}): TextCall => ({
  messages: [{ role: 'user', content: text }],
  ...more,
})

/** Everything that a model hands over, and the error that ended it. */
export interface Outcome {
  readonly parts: readonly Part[]
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[]
  readonly finish: Extract<Part, { type: 'finish' }> | undefined
  readonly warnings: readonly string[]
  readonly error: unknown
}

/** Reads an answer to its end, whatever that is. */
export async function read(model: TextModel, call: TextCall): Promise<Outcome> {
  const parts: Part[] = []
  let error: unknown
  try {
    for await (const part of model.stream(call)) parts.push(part)
  } catch (thrown) {
    error = thrown
  }
  const calls = new Map<string, { id: string; name: string; input: string }>()
  for (const part of parts) {
    if (part.type !== 'tool-call') continue
    const call = calls.get(part.id)
    if (call) call.input += part.input
    else calls.set(part.id, { id: part.id, name: part.name, input: part.input })
  }
  const joined = (type: 'text' | 'reasoning') => parts.map((part) => (part.type === type ? part.text : '')).join('')
  return {
    parts,
    text: joined('text'),
    reasoning: joined('reasoning'),
    calls: [...calls.values()],
    finish: parts.find((part) => part.type === 'finish'),
    warnings: parts.flatMap((part) => (part.type === 'notice' && part.kind === 'warning' ? [part.warning.option] : [])),
    error,
  }
}

/** Reads an answer that must not fail. */
export async function readWell(model: TextModel, call: TextCall): Promise<Outcome> {
  const outcome = await read(model, call)
  if (outcome.error !== undefined) throw outcome.error
  return outcome
}

/** Waits for what must fail with an error of ours, and gives that error. */
export async function failure(promise: Promise<unknown>): Promise<AnyModelError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error !== undefined, 'it must fail, and it did not')
  if (!isAnyModelError(error)) throw new Error('it must fail with an AnyModelError', { cause: error })
  return error
}

/** Fails when a promise does not settle in time. */
export async function soon<T>(promise: Promise<T>, what: string, ms = 3_000): Promise<T> {
  const controller = new AbortController()
  const late = wait(ms, undefined, { signal: controller.signal }).then(() => {
    throw new assert.AssertionError({ message: `${what} did not happen within ${ms} ms` })
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    controller.abort()
    late.catch(() => {})
  }
}

/** The request that came last. */
export function lastRequest(server: ModelServer): ServedRequest {
  const request = server.requests.at(-1)
  assert.ok(request, 'a request must have been sent')
  return request
}

/** Waits until the server sees that the client closed the connection of its last request. */
export async function dropped(server: ModelServer): Promise<void> {
  assert.equal(await soon(lastRequest(server).outcome, 'closing the connection'), 'dropped')
}

/** Nothing more than `before` requests must have reached the server, also not a moment later: a request of our own has to come through first. */
export async function untouched(server: ModelServer, before = 0): Promise<void> {
  await wait(20)
  await fetch(`${server.url}/afterwards`)
  const sent = server.requests.filter(({ path }) => path !== '/afterwards')
  assert.equal(sent.length, before, 'nothing may be sent')
}

/** Every value inside a JSON value, with its path. */
export function* leaves(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<[readonly (string | number)[], unknown]> {
  if (typeof value !== 'object' || value === null) yield [path, value]
  else
    for (const [key, inner] of Object.entries(value))
      yield* leaves(inner, [...path, Array.isArray(value) ? Number(key) : key])
}

/** Whether a JSON value has this value anywhere inside. */
export function contains(value: unknown, wanted: unknown): boolean {
  for (const [, leaf] of leaves(value)) if (leaf === wanted) return true
  return false
}
