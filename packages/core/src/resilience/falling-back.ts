import type { Attempt, FinishPart, Part } from '../contract/part.ts'
import type { PartIterator, PartResult, TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, type ErrorInfo, isAnyModelError } from '../errors.ts'
import { fit } from '../generate/fit.ts'
import { byPrefill, byRequest, type Continuation, isContinuable, type Seam } from './continuation.ts'
import { pause } from './pause.ts'
import type { Rest } from './rest.ts'
import { retryDelay } from './retry-delay.ts'
import { silentFailure, verdictOf } from './verdict.ts'

export interface Settings {
  readonly onBreak: 'error' | 'restart' | 'continue'
  readonly maxAttempts: number
  readonly retries: number
  readonly maxWait: number
  readonly hold: { readonly chars?: number; readonly ms?: number }
  readonly lists: { readonly larger: readonly TextModel[]; readonly unfiltered: readonly TextModel[] }
}

/** How an attempt stands to what was delivered before it. */
type Mode = 'start' | 'prefill' | 'request' | 'restart'

/** One request to one model. */
interface Try {
  readonly model: TextModel
  readonly mode: Mode
  /** Milliseconds before it begins. */
  readonly delayMs: number
}

interface Failure {
  readonly model: TextModel
  readonly error: AnyModelError
  /** It was the continuation that failed, not the call: it would not have been one from the start. */
  readonly isRefusal: boolean
}

/**
 * One answer from several models. An attempt is probed at first: its parts are held, and when it fails nobody saw them. With its first content it is committed. What fails then is decided by `onBreak`.
 * The answer is over with a `finish`, and with nothing else.
 */
export class FallingBack implements PartIterator {
  readonly #call: TextCall
  readonly #settings: Settings
  readonly #rest: Rest
  readonly #left = new AbortController()

  readonly #models: readonly TextModel[]
  /** Models that were not asked yet, in order. */
  #waiting: TextModel[] = []
  readonly #seen = new Set<TextModel>()
  readonly #failures: Failure[] = []
  /** Continuations that a model refused. */
  readonly #refused = new Map<TextModel, Set<Mode>>()
  /** Requests so far. */
  #asked = 0

  #try: Try | undefined
  #inner: PartIterator | undefined
  #seam: Seam | undefined
  #startedAt = 0
  #firstContentAt: number | undefined
  #state: 'probing' | 'committed' | 'terminal' | 'over' = 'probing'
  /** Parts of the attempt that is probed. */
  #held: Part[] = []
  #pending: Promise<PartResult> | undefined
  #out: Part[] = []
  /** The step under way: callers that do not wait for each other share it. */
  #move: Promise<void> | undefined

  /** What the reader has of the answer. */
  #text = ''
  #reads = false
  #acted = false
  /** The error that broke a committed attempt: what the call fails with when the answer can't be made whole. */
  #broken: AnyModelError | undefined

  constructor(models: readonly TextModel[], call: TextCall, settings: Settings, rest: Rest) {
    this.#call = call
    this.#settings = settings
    this.#rest = rest
    this.#models = models
  }

  take(): Part | undefined {
    const part = this.#out.shift()
    if (part || this.#state !== 'committed' || this.#pending) return part
    try {
      const next = this.#inner?.take?.()
      return next && this.#accept(next)
    } catch (error) {
      // `next()` has the ways out of a failure.
      this.#pending = Promise.reject(error)
      this.#pending.catch(() => {})
      return undefined
    }
  }

  async next(): Promise<PartResult> {
    for (;;) {
      const part = this.take()
      if (part) return { done: false, value: part }
      if (this.#state === 'over') return { done: true, value: undefined }
      await (this.#move ??= this.#moves())
    }
  }

  async #moves(): Promise<void> {
    try {
      await this.#step()
    } catch (error) {
      await this.#fail(error)
    } finally {
      this.#move = undefined
    }
  }

  async return(): Promise<PartResult> {
    this.#state = 'over'
    this.#left.abort()
    this.#out = []
    await this.#inner?.return?.()
    return { done: true, value: undefined }
  }

  /** One part further, or into the next attempt. */
  async #step(): Promise<void> {
    this.#try ??= this.#first()
    if (!this.#inner) {
      if (this.#try.delayMs > 0) await pause(this.#try.delayMs, this.#call.signal, this.#left.signal)
      if (this.#left.signal.aborted) return
      this.#inner = await this.#open(this.#try)
      if (this.#left.signal.aborted) return void this.#inner.return?.()
    }
    const next = await this.#arrival(this.#inner)
    if (this.#left.signal.aborted || next === undefined) return
    if (next.done) return this.#ended()
    const part = this.#accept(next.value)
    if (part) this.#out.push(part)
  }

  #first(): Try {
    const [model, ...others] = this.#rest.order(this.#models)
    this.#waiting = others
    return { model: model as TextModel, mode: 'start', delayMs: 0 }
  }

  async #open({ model, mode }: Try): Promise<PartIterator> {
    this.#startedAt = Date.now()
    this.#firstContentAt = undefined
    this.#seen.add(model)
    const continued = this.#continuation(mode)
    this.#seam = continued?.seam
    const { call, warnings, emulateStop } = fit(continued?.call ?? this.#call, model)
    this.#held = warnings.map((warning) => ({ type: 'notice', kind: 'warning', message: warning.message, warning }))
    const stream = model.stream(call)
    this.#asked++
    if (!emulateStop) return stream[Symbol.asyncIterator]()
    return (await import('../stream/stop.ts')).stopAt(stream, emulateStop)
  }

  #continuation(mode: Mode): Continuation | undefined {
    if (mode === 'prefill') return byPrefill(this.#call, this.#text)
    return mode === 'request' ? byRequest(this.#call, this.#text) : undefined
  }

  /** What comes next; `undefined` when the time is over for which the beginning is held back. */
  async #arrival(inner: PartIterator): Promise<PartResult | undefined> {
    const pending = (this.#pending ??= inner.next())
    const { ms } = this.#settings.hold
    if (this.#state === 'probing' && ms !== undefined && this.#firstContentAt !== undefined) {
      const came = new AbortController()
      const wait = pause(this.#firstContentAt + ms - Date.now(), undefined, came.signal)
      const next = await Promise.race([pending, wait]).finally(() => came.abort())
      if (!next) return void this.#commit()
    }
    try {
      return await pending
    } finally {
      this.#pending = undefined
    }
  }

  #ended(): void {
    if (this.#state === 'terminal') {
      this.#state = 'over'
      return
    }
    const { model } = this.#try as Try
    const message = `${model.provider}/${model.id}: the stream ended without saying that the answer did.`
    throw this.#failure('truncated', message)
  }

  #failure(code: 'truncated' | 'malformed', message: string): AnyModelError {
    const { provider, id } = (this.#try as Try).model
    const phase = this.#state === 'probing' ? 'pre-content' : 'post-content'
    return new AnyModelError(code, message, { provider, model: id, phase })
  }

  /** A part of the present attempt: given when it may pass at once. */
  #accept(part: Part): Part | undefined {
    if (part.type === 'notice') return this.#noticed(part)
    if (part.type === 'finish') return this.#finished(part)
    if (this.#state === 'terminal') return undefined
    const joined = this.#join(part)
    if (joined === undefined) return undefined
    if (!isEmpty(joined)) this.#firstContentAt ??= Date.now()
    if (this.#state === 'committed') return this.#delivered(joined)
    this.#held.push(joined)
    if (this.#isEnough(joined)) this.#commit()
    return undefined
  }

  #noticed(part: Extract<Part, { type: 'notice' }>): Part | undefined {
    if (part.kind === 'reset') {
      this.#forget()
      if (this.#state === 'probing') {
        this.#held = this.#held.filter(({ type }) => type === 'notice')
        return undefined
      }
    }
    // A model with retries of its own says so before it asks again: that request counts too.
    if ('attempt' in part && ++this.#asked > this.#settings.maxAttempts) {
      const { provider, model, outcome, error = '' } = part.attempt
      throw new AnyModelError(outcome === 'ok' ? 'server' : outcome, error, { provider, model })
    }
    if (part.kind !== 'warning' || this.#state !== 'probing') return part
    this.#held.push(part)
    return undefined
  }

  #finished(part: FinishPart): Part | undefined {
    const { model } = this.#try as Try
    if (this.#seam && !this.#seam.joined) throw this.#notJoined()
    if (this.#state === 'probing') {
      if (!this.#held.some((held) => held.type !== 'notice' && !isEmpty(held))) this.#checkSilent(part)
      this.#commit()
    }
    this.#state = 'terminal'
    this.#rest.answered(model)
    if (this.#out.length === 0) return part
    this.#out.push(part)
    return undefined
  }

  /** Only where it leads somewhere is an empty answer a failure. */
  #checkSilent(part: FinishPart): void {
    const error = silentFailure(part, (this.#try as Try).model)
    const verdict = error && verdictOf(error)
    if (verdict === 'larger' || verdict === 'unfiltered') if (this.#settings.lists[verdict].length > 0) throw error
  }

  /** A part as it continues what there is. Ranges of sources count from the beginning of a text that this model did not write. */
  #join(part: Exclude<Part, { type: 'notice' | 'finish' }>): Part | undefined {
    if (!this.#seam) return part
    if (part.type === 'source') {
      const { start: _start, end: _end, ...source } = part
      return source
    }
    if (part.type !== 'text') return part
    const text = this.#seam.join(part.text)
    if (text === undefined) throw this.#notJoined()
    return text === '' && !part.opaque ? undefined : { ...part, text }
  }

  #notJoined(): AnyModelError {
    const { provider, id } = (this.#try as Try).model
    return this.#failure('malformed', `${provider}/${id}: its answer does not go on where the last one stopped.`)
  }

  #isEnough(part: Part): boolean {
    if (isEmpty(part)) return false
    // What belongs to no text is not known to join on before the text is.
    if (this.#seam && !this.#seam.joined) return false
    if (part.type !== 'text' && part.type !== 'reasoning') return true
    const { chars, ms } = this.#settings.hold
    if (chars === undefined) return ms === undefined
    return this.#held.reduce((sum, held) => sum + ('text' in held ? held.text.length : 0), 0) >= chars
  }

  /** The attempt counts from now on: what was held is handed over. */
  #commit(): void {
    this.#state = 'committed'
    if ((this.#try as Try).mode === 'restart') {
      const discardChars = this.#text.length
      const message = `What was delivered (${discardChars} characters of text) is void: the answer begins anew.`
      this.#out.push({ type: 'notice', kind: 'reset', message, discardChars })
      this.#forget()
    }
    for (const part of this.#held) this.#out.push(part.type === 'notice' ? part : this.#delivered(part))
    this.#held = []
  }

  #delivered(part: Part): Part {
    if (part.type === 'text') this.#text += part.text
    else if (part.type === 'tool-call' || part.type === 'tool-result' || part.type === 'file') this.#acted = true
    this.#reads = true
    return part
  }

  #forget(): void {
    this.#text = ''
    this.#reads = false
    this.#acted = false
  }

  /** An attempt failed: into the next one, or out with an error. */
  async #fail(error: unknown): Promise<void> {
    const inner = this.#inner
    this.#inner = undefined
    this.#pending = undefined
    const ended = this.#state === 'terminal' || this.#left.signal.aborted
    await Promise.resolve(inner?.return?.()).catch(() => {})
    if (ended) {
      this.#state = 'over'
      return
    }
    const { signal } = this.#call
    const failed = this.#try
    if (!failed || signal?.aborted || !isAnyModelError(error)) return this.#giveUp(error)
    const isRefusal = this.#isRefusal(failed, error)
    this.#failures.push({ model: failed.model, error, isRefusal })
    this.#rest.failed(failed.model, error)
    const next = this.#next(failed, error, isRefusal)
    if (this.#state === 'committed') this.#broken = error
    if (!next) return this.#giveUp(this.#outcome(error))
    this.#state = 'probing'
    this.#held = []
    this.#try = next
    this.#out.push(this.#notice(failed, error, next))
  }

  #giveUp(error: unknown): never {
    this.#state = 'over'
    throw error
  }

  #isRefusal({ mode }: Try, { code }: AnyModelError): boolean {
    const isContinued = mode === 'prefill' || mode === 'request'
    return isContinued && this.#state === 'probing' && (code === 'bad-request' || code === 'malformed')
  }

  /** The attempt after a failed one; `undefined` when there is none. */
  #next({ model, mode }: Try, error: AnyModelError, isRefusal: boolean): Try | undefined {
    if (this.#asked >= this.#settings.maxAttempts) return undefined
    if (isRefusal) {
      const refused = this.#refused.get(model) ?? new Set()
      this.#refused.set(model, refused.add(mode))
      return this.#tryOf(model, 0)
    }
    const verdict = verdictOf(error)
    if (verdict === 'nowhere') return undefined
    if (verdict !== 'elsewhere') {
      this.#waiting = this.#settings.lists[verdict].filter((other) => !this.#seen.has(other))
      return this.#another()
    }
    const delay = this.#state === 'committed' || error.code === 'rate-limit' ? undefined : this.#delay(model)
    if (delay !== undefined) return this.#tryOf(model, delay)
    return this.#another() ?? this.#again()
  }

  /** Milliseconds until a model that failed may be asked again. That something was delivered is no reason not to ask. */
  #delay(model: TextModel): number | undefined {
    const errors = this.#failures.filter((failure) => failure.model === model && !failure.isRefusal)
    const last = errors.at(-1)?.error
    if (!last || errors.length > this.#settings.retries) return undefined
    return retryDelay(last.with({ phase: 'pre-content' }), errors.length, this.#settings.maxWait)
  }

  /** All were asked: of those that may be asked again, the one that may be first. */
  #again(): Try | undefined {
    let next: { readonly model: TextModel; readonly delay: number } | undefined
    for (const model of this.#seen) {
      const delay = this.#delay(model)
      if (delay !== undefined && (!next || delay < next.delay)) next = { model, delay }
    }
    return next && this.#tryOf(next.model, next.delay)
  }

  #another(): Try | undefined {
    const model = this.#waiting.shift()
    return model && this.#tryOf(model, 0)
  }

  #tryOf(model: TextModel, delayMs: number): Try | undefined {
    const mode = this.#modeFor(model)
    return mode && { model, mode, delayMs }
  }

  #modeFor(model: TextModel): Mode | undefined {
    if (!this.#reads) return 'start'
    const { onBreak } = this.#settings
    if (onBreak === 'error' || this.#acted) return undefined
    const refused = this.#refused.get(model)
    if (onBreak === 'continue' && isContinuable(this.#call, this.#text)) {
      if (model.supports.prefill && !refused?.has('prefill')) return 'prefill'
      if (!refused?.has('request')) return 'request'
    }
    return 'restart'
  }

  #notice({ model }: Try, error: AnyModelError, next: Try): Part {
    const same = next.model === model
    const attempt: Attempt = {
      provider: model.provider,
      model: model.id,
      startedAt: this.#startedAt,
      firstContentMs: this.#firstContentAt === undefined ? undefined : this.#firstContentAt - this.#startedAt,
      durationMs: Date.now() - this.#startedAt,
      outcome: error.code,
      error: error.message,
      ...(error.partial?.usage ? { usage: error.partial.usage } : {}),
    }
    const name = `${next.model.provider}/${next.model.id}`
    const message = `${model.provider}/${model.id} failed (${error.code}): ${same ? 'it is asked again' : `${name} is asked`}${next.delayMs > 0 ? ` in ${Math.round(next.delayMs)} ms` : ''}.`
    return { type: 'notice', kind: same ? 'retry' : 'failover', message, attempt, delayMs: next.delayMs }
  }

  /** The error of the call: what broke the answer that was delivered, else the last one. It names all that failed. */
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

const isEmpty = (part: Part): boolean =>
  (part.type === 'text' || part.type === 'reasoning') && part.text === '' && !part.opaque
