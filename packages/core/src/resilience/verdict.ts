import type { FinishPart } from '../contract/part.ts'
import { AnyModelError, type ErrorCode, type Phase } from '../errors.ts'

/** Where a call may go that failed: to any other model, to one with a larger window, to one with another filter, or nowhere. */
export type Verdict = 'elsewhere' | 'larger' | 'unfiltered' | 'nowhere'

const verdicts: { readonly [C in ErrorCode]?: Verdict } = {
  'context-length': 'larger',
  'content-filter': 'unfiltered',
  'bad-request': 'nowhere',
  'invalid-argument': 'nowhere',
  'invalid-output': 'nowhere',
  tool: 'nowhere',
  aborted: 'nowhere',
}

export const verdictOf = ({ code }: AnyModelError): Verdict => verdicts[code] ?? 'elsewhere'

/** What a failure says about the model's next minutes: nothing; that one more went wrong; that asking is useless for now. */
export type Weight = 'none' | 'counts' | 'opens'

const weights: { readonly [C in ErrorCode]?: Weight } = {
  server: 'counts',
  timeout: 'counts',
  truncated: 'counts',
  malformed: 'counts',
  'rate-limit': 'opens',
  quota: 'opens',
  auth: 'opens',
  'not-found': 'opens',
}

/** `providerCode` of errors that say something about the caller, not about the model: a budget is used up, a line is full. */
export const ourLimits = { budget: 'budget-exceeded', limit: 'limit-reached' } as const

const isOurs = (providerCode: string | undefined): boolean =>
  providerCode === ourLimits.budget || providerCode === ourLimits.limit

/** An error that may be made good at once (`retryAfter` 0: another key is there) says nothing about the model. */
export const weightOf = ({ code, retryAfter, providerCode }: AnyModelError): Weight =>
  retryAfter === 0 || isOurs(providerCode) ? 'none' : (weights[code] ?? 'none')

/** `providerCode` of the error of a breaker that lets nothing through. */
export const circuitOpen = 'circuit-open'

/** True when the model that failed should have time, or can't be reached for now: others are asked first. */
export const sparesTheModel = ({ code, retryAfter, providerCode }: AnyModelError): boolean =>
  (code === 'rate-limit' && retryAfter !== 0) || providerCode === circuitOpen

/** An answer without content that ended for a reason which another model may not have: what services report instead of an error. One only where there are others for it. */
export function silentFailure(
  { reason, usage }: FinishPart,
  { provider, id }: { provider: string; id: string },
  lists: { readonly larger: readonly unknown[]; readonly unfiltered: readonly unknown[] },
): AnyModelError | undefined {
  const fail = (code: ErrorCode, message: string) =>
    new AnyModelError(code, `${provider}/${id}: ${message}`, {
      provider,
      model: id,
      phase: 'pre-content',
      partial: { text: '', toolCalls: [], usage },
    })
  if (reason === 'length' && lists.larger.length > 0)
    return fail('context-length', 'the window was full before the answer began.')
  if ((reason === 'content-filter' || reason === 'refusal') && lists.unfiltered.length > 0)
    return fail('content-filter', 'the service blocked the answer before it began.')
  return undefined
}

/** A stream is over, and no service said that the answer is. */
export const truncated = ({ provider, id }: { provider: string; id: string }, phase?: Phase): AnyModelError =>
  new AnyModelError('truncated', `${provider}/${id}: the stream ended without saying that the answer did.`, {
    provider,
    model: id,
    phase,
  })
