import type { Attempt, NoticePart, Part, Warning } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'
import type { Askable, Try } from './plan.ts'

interface Circumstances<M extends Askable> {
  readonly startedAt: number
  readonly firstContentAt?: number | undefined
  readonly next: Try<M>
}

/** Tells on the way of what could not be honoured. */
export const warningNotice = (warning: Warning): NoticePart => ({
  type: 'notice',
  kind: 'warning',
  message: warning.message,
  warning,
})

/** The error of an attempt that a model told in a notice: of one that asks again when no request is left. */
export const attemptError = ({ provider, model, outcome, error = '' }: Attempt): AnyModelError =>
  new AnyModelError(outcome === 'ok' ? 'server' : outcome, error, { provider, model })

/** The notice of an attempt that failed, and of what comes next. */
export function attemptNotice<M extends Askable>(
  model: M,
  error: AnyModelError,
  { startedAt, firstContentAt, next }: Circumstances<M>,
): Part {
  const isSame = next.model === model
  const usage = error.partial?.usage
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
