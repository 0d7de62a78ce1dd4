import { SharedRun } from '@anymodel/core/verb'
import { runVerified } from './run-verified.ts'
import type { VerifiedCode, VerifiedCodeOptions, VerifiedCodeStream, VerifyEvent } from './verify-options.ts'

/**
 * Has models write a program many times over, runs what they write against tests in a sandbox, and gives the best with the evidence: AlphaCode's recipe (arXiv:2203.07814) as a call.
 *
 * Samples are parsed, type-checked and tested; equal ones run once. Those that passed (or all, without tests) are compared by what they do on inputs, and the largest group wins. When none passed, what failed goes back with its errors.
 * When nothing passes at all, the result says so (`passed: false`) and gives the best there is. Nothing that a model wrote runs outside of the sandbox.
 *
 * Rejects with an `AnyModelError` when there is no code at all: of the first request that failed, `invalid-output` for answers without code, `timeout` for a budget that was spent before.
 */
export function generateVerifiedCode(options: VerifiedCodeOptions): Promise<VerifiedCode> {
  return runVerified(options, () => {})
}

/** Looks for code and tells every attempt as it is made. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamVerifiedCode(options: VerifiedCodeOptions): VerifiedCodeStream {
  const run = new SharedRun<VerifiedCode, VerifyEvent>(
    (emit, signal) => runVerified({ ...options, signal }, emit),
    options?.signal,
    (past, event) => past.push(event),
  )
  return {
    get result() {
      return run.result
    },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
