import type { Part } from '../contract/part.ts'
import type { Usage } from '../contract/usage.ts'
import type { AnyModelError } from '../errors.ts'
import type { Askable, Try } from './plan.ts'

interface Circumstances<M extends Askable> {
  readonly startedAt: number
  readonly firstContentAt?: number | undefined
  /** Usage that was reported before it failed. */
  readonly usage?: Usage | undefined
  readonly next: Try<M>
}

/** The notice of an attempt that failed, and of what comes next. */
export function attemptNotice<M extends Askable>(
  model: M,
  error: AnyModelError,
  { startedAt, firstContentAt, usage = error.partial?.usage, next }: Circumstances<M>,
): Part {
  const isSame = next.model === model
  const who = isSame ? 'it is asked again' : `${next.model.provider}/${next.model.id} is asked`
  const when = next.delayMs > 0 ? ` in ${Math.round(next.delayMs)} ms` : ''
  return {
    type: 'notice',
    kind: isSame ? 'retry' : 'failover',
    message: `${model.provider}/${model.id} failed (${error.code}): ${who}${when}.`,
    attempt: {
      provider: model.provider,
      model: model.id,
      startedAt,
      firstContentMs: firstContentAt === undefined ? undefined : firstContentAt - startedAt,
      durationMs: Date.now() - startedAt,
      outcome: error.code,
      error: error.message,
      ...(usage ? { usage } : {}),
    },
    delayMs: next.delayMs,
  }
}
