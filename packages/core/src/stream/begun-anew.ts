import { AnyModelError } from '../errors.ts'

/** What readers get who can't take back what they have, when an answer broke off and begins anew. */
export const begunAnew = (): AnyModelError =>
  new AnyModelError(
    'truncated',
    "The answer broke off and began anew, which this form of it can't say. Read the parts, or a format that has them (sse, ndjson), or set onBreak: 'continue'.",
  )
