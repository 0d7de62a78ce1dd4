import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, type ErrorInfo } from '../errors.ts'
import { isContinuable } from './continuation.ts'
import type { Rest } from './rest.ts'
import { retryDelay } from './retry-delay.ts'
import { verdictOf } from './verdict.ts'

/** The options of `withFallback`, filled in. */
export interface Settings {
  readonly onBreak: 'error' | 'restart' | 'continue'
  readonly maxAttempts: number
  readonly retries: number
  readonly maxWait: number
  readonly hold: { readonly chars?: number; readonly ms?: number }
  readonly lists: { readonly larger: readonly TextModel[]; readonly unfiltered: readonly TextModel[] }
}

/** How an attempt stands to what was delivered before it: nothing was; it goes on with it, by prefill or by request; it makes it void. */
type Mode = 'start' | 'prefill' | 'request' | 'restart'

/** One request to one model. */
export interface Try {
  readonly model: TextModel
  readonly mode: Mode
  /** Milliseconds before it begins. */
  readonly delayMs: number
}

/** What the reader has of the answer. */
export interface Delivered {
  readonly text: string
  /** Anything at all. */
  readonly some: boolean
  /** Something that can't be taken back: a tool call, a result, a file. */
  readonly final: boolean
}

interface Failure {
  readonly model: TextModel
  readonly error: AnyModelError
  /** It was the continuation that failed, not the call. */
  readonly isRefusal: boolean
}

/** Which model is asked next, and how, within one call. */
export class Plan {
  readonly #models: readonly TextModel[]
  readonly #call: TextCall
  readonly #settings: Settings
  readonly #rest: Rest
  /** Models that were not asked yet, in order. */
  #waiting: readonly TextModel[] = []
  readonly #seen = new Set<TextModel>()
  readonly #failures: Failure[] = []
  /** Continuations that a model refused. */
  readonly #refused = new Map<TextModel, Set<Mode>>()
  #requests = 0
  /** What broke an answer after some of it was delivered: the call's error when the answer can't be made whole. */
  #broken: AnyModelError | undefined

  constructor(models: readonly TextModel[], call: TextCall, settings: Settings, rest: Rest) {
    this.#models = models
    this.#call = call
    this.#settings = settings
    this.#rest = rest
  }

  first(): Try {
    const [model, ...others] = this.#rest.order(this.#models)
    this.#waiting = others
    return this.#begin({ model: model as TextModel, mode: 'start', delayMs: 0 })
  }

  /** Counts a request. False when it is one too many. */
  request(): boolean {
    return ++this.#requests <= this.#settings.maxAttempts
  }

  answered({ model }: Try): void {
    this.#rest.answered(model)
  }

  /** The attempt after a failed one. Throws the error of the call when there is none. `committed`: some of what the failed one said was delivered. */
  after(failed: Try, error: AnyModelError, delivered: Delivered, committed: boolean): Try {
    const { model, mode } = failed
    const isContinued = mode === 'prefill' || mode === 'request'
    const isRefusal = isContinued && !committed && (error.code === 'bad-request' || error.code === 'malformed')
    if (isRefusal) this.#refused.set(model, (this.#refused.get(model) ?? new Set()).add(mode))
    else this.#rest.failed(model, error)
    this.#failures.push({ model, error, isRefusal })
    if (committed) this.#broken = error
    const next =
      this.#requests < this.#settings.maxAttempts ? this.#choose(model, error, isRefusal, committed) : undefined
    const nextMode = next && this.#modeFor(next.model, delivered)
    if (!next || !nextMode) throw this.#outcome(error)
    return this.#begin({ ...next, mode: nextMode })
  }

  #begin(next: Try): Try {
    this.#seen.add(next.model)
    return next
  }

  #choose(
    model: TextModel,
    error: AnyModelError,
    isRefusal: boolean,
    committed: boolean,
  ): Omit<Try, 'mode'> | undefined {
    if (isRefusal) return { model, delayMs: 0 }
    const verdict = verdictOf(error)
    if (verdict === 'nowhere') return undefined
    if (verdict !== 'elsewhere') {
      this.#waiting = this.#settings.lists[verdict].filter((other) => !this.#seen.has(other))
      return this.#another()
    }
    const delayMs = committed || error.code === 'rate-limit' ? undefined : this.#delay(model)
    return delayMs === undefined ? (this.#another() ?? this.#again()) : { model, delayMs }
  }

  #another(): Omit<Try, 'mode'> | undefined {
    const [model, ...others] = this.#waiting
    this.#waiting = others
    return model && { model, delayMs: 0 }
  }

  /** All were asked: of those that may be asked again, the one that may be first. */
  #again(): Omit<Try, 'mode'> | undefined {
    let next: Omit<Try, 'mode'> | undefined
    for (const model of this.#seen) {
      const delayMs = this.#delay(model)
      if (delayMs !== undefined && (!next || delayMs < next.delayMs)) next = { model, delayMs }
    }
    return next
  }

  /** Milliseconds until a model that failed may be asked again. That something was delivered is no reason not to ask. */
  #delay(model: TextModel): number | undefined {
    const errors = this.#failures.filter((failure) => failure.model === model && !failure.isRefusal)
    const last = errors.at(-1)?.error
    if (!last || errors.length > this.#settings.retries) return undefined
    return retryDelay(last.with({ phase: 'pre-content' }), errors.length, this.#settings.maxWait)
  }

  #modeFor(model: TextModel, { text, some, final }: Delivered): Mode | undefined {
    if (!some) return 'start'
    const { onBreak } = this.#settings
    if (onBreak === 'error' || final) return undefined
    const refused = this.#refused.get(model)
    if (onBreak === 'continue' && isContinuable(this.#call, text)) {
      if (model.supports.prefill && !refused?.has('prefill')) return 'prefill'
      if (!refused?.has('request')) return 'request'
    }
    return 'restart'
  }

  /** What broke the answer that was delivered, else the last error. It names all that failed. */
  #outcome(last: AnyModelError): AnyModelError {
    const error = this.#broken ?? last
    if (this.#failures.length === 1) return error
    const all = this.#failures.map(({ model, error }) => `${model.provider}/${model.id}: ${error.code}`).join(', ')
    return new AnyModelError(error.code, `${error.message} ${this.#failures.length} attempts failed (${all}).`, {
      ...(error as ErrorInfo),
      cause: error,
    })
  }
}
