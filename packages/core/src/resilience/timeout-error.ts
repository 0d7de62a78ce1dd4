import { AnyModelError, type Clock, type Phase } from '../errors.ts'

const phases: Readonly<Record<Clock, Phase>> = {
  connect: 'connect',
  headers: 'headers',
  firstContent: 'pre-content',
  idle: 'post-content',
  total: 'pre-content',
}

const advice: Readonly<Record<Clock, string>> = {
  connect: 'no connection was made',
  headers: 'the service did not answer',
  firstContent: 'no content came',
  idle: 'the answer stopped coming',
  total: 'the answer was not finished',
}

/** The error of a clock that ran out. `hasContent`: some of the answer had come. */
export function outOfTime(
  { provider, id }: { readonly provider: string; readonly id: string },
  clock: Clock,
  ms: number | undefined,
  hasContent = false,
): AnyModelError {
  const phase = clock === 'total' && hasContent ? 'post-content' : phases[clock]
  const message = `${provider}/${id}: ${advice[clock]} within ${ms} ms (clock: ${clock}).`
  return new AnyModelError('timeout', message, { provider, model: id, clock, phase })
}
