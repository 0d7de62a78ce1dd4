import type { AnyModelError } from '../errors.ts'

/** Milliseconds before attempt number `attempt` + 1, without a hint: 0.5, 1, 2, 4, 8 s, up to a quarter less. */
const backoff = (attempt: number): number => Math.min(500 * 2 ** (attempt - 1), 8_000) * (1 - Math.random() * 0.25)

/** Milliseconds to wait before asking the same model again; `undefined` when it should not be asked again. */
export function retryDelay(error: AnyModelError, attempt: number, maxWait: number): number | undefined {
  if (!error.retryable || error.clock || error.phase === 'post-content') return undefined
  const delay = error.retryAfter ?? backoff(attempt)
  return delay > maxWait ? undefined : delay
}
