import type { FinishPart } from '../contract/part.ts'
import { AnyModelError, type ErrorCode } from '../errors.ts'

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

/** Codes of failures that say something about the model's next minutes, not about this call. */
const lasting: ReadonlySet<ErrorCode> = new Set(['rate-limit', 'quota', 'auth', 'not-found', 'server', 'timeout'])

export const isLasting = ({ code }: AnyModelError): boolean => lasting.has(code)

/** An answer without content that ended for a reason which another model may not have: what services report instead of an error. */
export function silentFailure(
  { reason }: FinishPart,
  model: { provider: string; id: string },
): AnyModelError | undefined {
  const { provider, id } = model
  const fail = (code: ErrorCode, message: string) =>
    new AnyModelError(code, `${provider}/${id}: ${message}`, { provider, model: id, phase: 'pre-content' })
  if (reason === 'length') return fail('context-length', 'the window was full before the answer began.')
  if (reason === 'content-filter' || reason === 'refusal')
    return fail('content-filter', 'the service blocked the answer before it began.')
  return undefined
}
