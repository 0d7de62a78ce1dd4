import { type AnyModelError, isAnyModelError } from '@anymodel/core'
import { expect } from 'vitest'
import type { Answer, Spoil } from '../conformance/loopback-services.ts'

/** Never to be seen in an error. */
export const secret = 'secret-key-12345678'

/** How a service misbehaves, and what a call makes of it. */
export interface Fault {
  readonly name: string
  readonly spoil: Spoil
  readonly code: AnyModelError['code'] | readonly AnyModelError['code'][]
  /** In the error's words. */
  readonly says?: RegExp
}

/** Another answer to the requests that match, written `GET /path`. The first `spared` of them are answered rightly. */
export function when(
  asked: RegExp,
  answer: Answer | ((right: Answer, asked: Parameters<Spoil>[0]) => Answer),
  spared = 0,
): Spoil {
  let times = 0
  return (one, right) => {
    if (!asked.test(`${one.method} ${one.path}`) || times++ < spared) return right
    return typeof answer === 'function' ? answer(right, one) : answer
  }
}

/** The right answer, whose connection breaks in the middle of the body. */
export const cutShort = (right: Answer): Answer => {
  const body = Buffer.isBuffer(right.body) ? right.body : Buffer.from(JSON.stringify(right.body) ?? '')
  return { ...right, body, cut: body.length >> 1 }
}

export const page: Answer = {
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><title>Sign in</title></html>'),
}

export const json = (body: unknown, status = 200): Answer => ({ status, body })

/** What a call fails with. Fails itself when the call does not, or with no error of ours, or with the key in its words. */
export async function failureOf(call: Promise<unknown>): Promise<AnyModelError> {
  const error = await call.then(
    () => expect.fail('The call must fail.'),
    (thrown: unknown) => thrown,
  )
  if (!isAnyModelError(error)) throw error
  expect(JSON.stringify([error.message, String(error.cause ?? ''), error])).not.toContain(secret)
  return error
}

/** Fails unless a call fails as a fault has it. */
export async function checkFault(call: Promise<unknown>, { code, says = /./ }: Fault): Promise<void> {
  const error = await failureOf(call)
  expect([code].flat(), error.message).toContain(error.code)
  expect(error.message).toMatch(says)
}
