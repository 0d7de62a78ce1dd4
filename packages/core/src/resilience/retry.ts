import type { Attempt, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream, TextModel } from '../contract/text.ts'
import { isAnyModelError } from '../errors.ts'
import { type AnyModel, isContent, type OfKind, rewired } from './kinds.ts'
import { pause } from './pause.ts'
import { retrying } from './retry-call.ts'
import { retryDelay } from './retry-delay.ts'

export interface RetryOptions {
  /** Upper bound on the requests that the service sees. Default 3. */
  readonly attempts?: number
  /** Longest wait before a retry, in ms. A service that asks for more is not asked again: the error says for how long (`retryAfter`). Default 20,000. */
  readonly maxWait?: number
}

/**
 * Asks again when a request fails before the first content: connection errors, 408, 409, 429, 5xx, overload, a stream that breaks or is garbage before it says anything. The service's own wait
 * (`retryAfter`) counts, else exponential backoff with jitter. Never after content was delivered (a picture that is done, a piece of sound; progress and previews are none), never when a clock of
 * `withTimeout` ran out (a silent route stays silent), never what can't succeed the second time. Each failed attempt is a `retry` notice, where a model has notices.
 */
export function withRetry<M extends AnyModel>(
  model: M,
  { attempts = 3, maxWait = 20_000 }: RetryOptions = {},
): OfKind<M> {
  const limits = { attempts, maxWait }
  return rewired(model, {
    parts: (ask, call) => ({
      [Symbol.asyncIterator]: () => new Retrying(model, () => ask(call), call.signal, limits),
    }),
    value: (ask, call) => retrying(ask, limits)(call),
  })
}

/** What a wrapper keeps of the model inside. */
export const wrap = <M extends TextModel>({ provider, id, supports }: M): Pick<M, 'provider' | 'id' | 'supports'> => ({
  provider,
  id,
  supports,
})

class Retrying implements PartIterator {
  readonly #model: { readonly provider: string; readonly id: string }
  readonly #ask: () => PartStream
  readonly #signal: AbortSignal | undefined
  readonly #limits: Required<RetryOptions>
  readonly #left = new AbortController()
  #attempt = 0
  #startedAt = 0
  #inner: PartIterator | undefined
  #committed = false
  #wait: number | undefined

  constructor(
    model: { readonly provider: string; readonly id: string },
    ask: () => PartStream,
    signal: AbortSignal | undefined,
    limits: Required<RetryOptions>,
  ) {
    this.#model = model
    this.#ask = ask
    this.#signal = signal
    this.#limits = limits
  }

  take(): Part | undefined {
    return this.#committed ? this.#inner?.take?.() : undefined
  }

  next(): Promise<PartResult> {
    return this.#committed ? (this.#inner as PartIterator).next() : this.#probe()
  }

  async return(): Promise<PartResult> {
    this.#left.abort()
    await this.#inner?.return?.()
    return { done: true, value: undefined }
  }

  /** Before the first content: an error may still be made good. */
  async #probe(): Promise<PartResult> {
    for (;;) {
      if (this.#wait !== undefined) {
        await pause(this.#wait, this.#signal, this.#left.signal)
        this.#wait = undefined
        if (this.#left.signal.aborted) return { done: true, value: undefined }
      }
      try {
        const next = await this.#current().next()
        const notice = !next.done && next.value.type === 'notice' ? next.value : undefined
        // The warnings of the first attempt hold for all.
        if (notice?.kind === 'warning' && this.#attempt > 1) continue
        this.#committed = next.done === true || isContent(next.value)
        return next
      } catch (error) {
        return { done: false, value: await this.#failed(error) }
      }
    }
  }

  #current(): PartIterator {
    if (!this.#inner) {
      this.#attempt++
      this.#startedAt = Date.now()
      this.#inner = this.#ask()[Symbol.asyncIterator]()
    }
    return this.#inner
  }

  /** The notice of a failed attempt, when there will be another; else throws. */
  async #failed(error: unknown): Promise<Part> {
    const { attempts, maxWait } = this.#limits
    const delayMs =
      isAnyModelError(error) && this.#attempt < attempts ? retryDelay(error, this.#attempt, maxWait) : undefined
    const inner = this.#inner
    this.#inner = undefined
    await inner?.return?.()
    if (!isAnyModelError(error) || delayMs === undefined || this.#signal?.aborted) throw error
    this.#wait = delayMs
    const attempt: Attempt = {
      provider: this.#model.provider,
      model: this.#model.id,
      startedAt: this.#startedAt,
      durationMs: Date.now() - this.#startedAt,
      outcome: error.code,
      error: error.message,
      ...(error.partial?.usage ? { usage: error.partial.usage } : {}),
    }
    return {
      type: 'notice',
      kind: 'retry',
      message: `Attempt ${this.#attempt} of ${attempts} failed (${error.code}); the next one starts in ${Math.round(delayMs)} ms.`,
      attempt,
      delayMs,
    }
  }
}
