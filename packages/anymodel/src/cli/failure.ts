import { inspect } from 'node:util'
import { isAnyModelError } from '@anymodel/core'
import { outputClosed, paint } from './output.ts'

/** What the command line ends with. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Ctrl-C: the reason that calls are aborted with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** Says in a sentence or two what went wrong, on the error stream; gives the exit code. The stack is printed only when asked for. */
export function reportFailure(error: unknown, verbose = false): number {
  if (error instanceof Interrupted) return exitCodes.interrupted
  if (outputClosed.aborted) return exitCodes.ok
  process.stderr.write(`${paint('red', 'Error:', process.stderr)} ${messageOf(error)}\n`)
  if (verbose || /\banymodel\b/.test(process.env.DEBUG ?? '')) process.stderr.write(`${inspect(error)}\n`)
  const isUsage = isAnyModelError(error) && ['config', 'invalid-argument'].includes(error.code)
  return isUsage ? exitCodes.usage : exitCodes.failed
}

const messageOf = (error: unknown): string => {
  if (isAnyModelError(error)) return error.message
  return `${error instanceof Error ? error.message : String(error)} (--verbose tells more)`
}
