import { isAnyModelError } from '../errors.ts'
import { pause } from './pause.ts'
import { retryDelay } from './retry-delay.ts'

interface Limits {
  readonly attempts: number
  readonly maxWait: number
}

/** A method that is asked again when it fails in a way that may pass, at most `attempts` times. An abort of the call's signal ends the wait and rejects with its reason. */
export const retrying =
  <C extends { readonly signal?: AbortSignal }, R>(ask: (call: C) => Promise<R>, { attempts, maxWait }: Limits) =>
  async (call: C): Promise<R> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(call)
      } catch (error) {
        const more = isAnyModelError(error) && attempt < attempts && !call.signal?.aborted
        const delay = more ? retryDelay(error, attempt, maxWait) : undefined
        if (delay === undefined) throw error
        await pause(delay, call.signal)
      }
    }
  }
