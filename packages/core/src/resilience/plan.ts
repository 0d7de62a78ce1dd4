import type { TextCall, TextModel, TextSupport } from '../contract/text.ts'
import { AnyModelError, type ErrorInfo } from '../errors.ts'
import type { Listed } from './candidate.ts'
import { isContinuable, type Mode } from './continuation.ts'
import type { Delivered } from './delivered.ts'
import type { Rest } from './rest.ts'
import { retryDelay } from './retry-delay.ts'
import { sparesTheModel, verdictOf } from './verdict.ts'

/** The options of `withFallback`, filled in. */
export interface Settings<M = TextModel> {
  readonly onBreak: 'error' | 'restart' | 'continue'
  readonly maxAttempts: number
  readonly retries: number
  readonly maxWait: number
  readonly hold: { readonly chars?: number; readonly ms?: number }
  readonly lists: { readonly larger: readonly M[]; readonly unfiltered: readonly M[] }
}

/** A model of any kind, as far as who is asked next depends on it. */
export interface Askable {
  readonly provider: string
  readonly id: string
  readonly supports?: object
}

/** One request to one model. */
export interface Try<M extends Askable = TextModel> {
  readonly model: M
  readonly mode: Mode
  /** Milliseconds before it begins. */
  readonly delayMs: number
}

interface Failure<M> {
  readonly model: M
  readonly error: AnyModelError
  /** It was the continuation that failed, not the call. */
  readonly isRefusal: boolean
}

/** Who is asked next, and when. */
interface Next<M> extends Listed<M> {
  readonly delayMs: number
}

const nobody = (listed: readonly Listed<unknown>[]): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `No model takes this call: ${listed.map(({ unfit }) => unfit).join('; ')}. Nothing was sent.`,
  )

/** Which model is asked next, and how, within one call. */
export class Plan<M extends Askable = TextModel> {
  readonly #candidates: (models: readonly M[]) => readonly Listed<M>[]
  readonly #call: Pick<TextCall, 'messages' | 'output'> | undefined
  readonly #settings: Settings<M>
  readonly #rest: Rest
  /** Models that were not asked yet, in order. */
  #waiting: readonly Listed<M>[] = []
  /** Models that were asked, and the balance that they are targets of. */
  readonly #seen = new Map<M, M | undefined>()
  readonly #failures: Failure<M>[] = []
  /** Continuations that a model refused. */
  readonly #refused = new Map<M, Set<Mode>>()
  #requests = 0
  /** What broke an answer after some of it was delivered: the call's error when the answer can't be made whole. */
  #broken: AnyModelError | undefined

  /** `call`: for answers that may be continued; `candidates`: who may be asked, in the place of these models. */
  constructor(
    settings: Settings<M>,
    rest: Rest,
    candidates: (models: readonly M[]) => readonly Listed<M>[],
    call?: TextCall,
  ) {
    this.#settings = settings
    this.#rest = rest
    this.#candidates = candidates
    this.#call = call
  }

  first(models: readonly M[]): Try<M> {
    const listed = this.#candidates(models)
    const [first, ...others] = this.#rest.order(listed.filter(({ unfit }) => unfit === undefined))
    if (!first) throw nobody(listed)
    this.#waiting = others
    return this.#begin({ ...first, mode: 'start', delayMs: 0 })
  }

  /** True when one request is left. */
  get isLast(): boolean {
    return this.#requests + 1 >= this.#settings.maxAttempts
  }

  /** Counts a request. False when it is one too many. */
  request(): boolean {
    return ++this.#requests <= this.#settings.maxAttempts
  }

  /** The request that was counted last was not sent. */
  unsent(): void {
    this.#requests--
  }

  answered({ model }: Try<M>): void {
    this.#rest.answered(model)
  }

  /** The attempt after a failed one. Throws the error of the call when there is none. `committed`: some of what the failed one said was delivered. */
  after(failed: Try<M>, error: AnyModelError, delivered: Delivered, committed: boolean): Try<M> {
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

  #begin({ model, of, mode, delayMs }: Next<M> & Pick<Try, 'mode'>): Try<M> {
    if (!this.#seen.has(model)) this.#seen.set(model, of)
    return { model, mode, delayMs }
  }

  #choose(model: M, error: AnyModelError, isRefusal: boolean, committed: boolean): Next<M> | undefined {
    if (isRefusal) return { model, delayMs: 0 }
    const verdict = verdictOf(error)
    if (verdict === 'nowhere') return undefined
    if (verdict !== 'elsewhere') {
      const listed = this.#candidates(this.#settings.lists[verdict])
      this.#waiting = listed.filter((other) => other.unfit === undefined && !this.#seen.has(other.model))
      return this.#another()
    }
    const others = committed || sparesTheModel(error) || this.#hasPeer(model)
    const delayMs = others ? undefined : this.#delay(model)
    return delayMs === undefined ? (this.#another() ?? this.#again()) : { model, delayMs }
  }

  /** True when the next one in line is a target of the same balance. */
  #hasPeer(model: M): boolean {
    const of = this.#seen.get(model)
    return of !== undefined && this.#waiting[0]?.of === of
  }

  #another(): Next<M> | undefined {
    const [next, ...others] = this.#waiting
    this.#waiting = others
    return next && { ...next, delayMs: 0 }
  }

  /** All were asked: of those that may be asked again, the one that may be first. */
  #again(): Next<M> | undefined {
    let next: Next<M> | undefined
    for (const model of this.#seen.keys()) {
      const delayMs = this.#delay(model)
      if (delayMs !== undefined && (!next || delayMs < next.delayMs)) next = { model, delayMs }
    }
    return next
  }

  /** Milliseconds until a model that failed may be asked again. That something was delivered is no reason not to ask. */
  #delay(model: M): number | undefined {
    const errors = this.#failures.filter((failure) => failure.model === model && !failure.isRefusal)
    const last = errors.at(-1)?.error
    if (!last || errors.length > this.#settings.retries) return undefined
    return retryDelay(last.with({ phase: 'pre-content' }), errors.length, this.#settings.maxWait)
  }

  #modeFor(model: M, { text, some, final }: Delivered): Mode | undefined {
    if (!some) return 'start'
    const { onBreak } = this.#settings
    if (onBreak === 'error' || final) return undefined
    const refused = this.#refused.get(model)
    if (onBreak === 'continue' && this.#call && isContinuable(this.#call, text)) {
      if ((model.supports as TextSupport).prefill && !refused?.has('prefill')) return 'prefill'
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
