import type { AnyCall, AnyModel } from './kinds.ts'
import { pause } from './pause.ts'
import type { TimeoutOptions } from './timeout.ts'
import { outOfTime } from './timeout-error.ts'

/** A value by the first of its clocks. A model that does not watch its signal does not hold the caller up. */
export async function intime(
  ask: (call: AnyCall) => Promise<unknown>,
  call: AnyCall,
  { model, clocks }: { readonly model: AnyModel; readonly clocks: TimeoutOptions },
): Promise<unknown> {
  const { firstContent = Number.POSITIVE_INFINITY, total = Number.POSITIVE_INFINITY } = clocks
  const clock = firstContent < total ? 'firstContent' : 'total'
  const ms = clocks[clock]
  if (ms === undefined) return ask(call)
  const ended = new AbortController()
  const answered = new AbortController()
  const late = pause(ms, call.signal, answered.signal).then(() => {
    if (!answered.signal.aborted) throw outOfTime(model, clock, ms)
    return new Promise<never>(() => {})
  })
  const signal = call.signal ? AbortSignal.any([call.signal, ended.signal]) : ended.signal
  try {
    return await Promise.race([ask({ ...call, signal }), late])
  } catch (error) {
    ended.abort(error)
    throw error
  } finally {
    answered.abort()
  }
}
