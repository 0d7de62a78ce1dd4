import type { Attempt, NoticePart, Part, Warning } from '../contract/part.ts'
import type { PartIterator, PartResult, TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, isAnyModelError } from '../errors.ts'
import { fit } from '../generate/fit.ts'
import { candidateOf } from './candidate.ts'
import type { HedgeBudget } from './hedge-budget.ts'
import { pause } from './pause.ts'

/** One of the two requests. */
interface Lane {
  readonly model: TextModel
  readonly isExtra: boolean
  readonly iterator: PartIterator
  readonly startedAt: number
  readonly abort: AbortController
  /** What it says about itself, told when it answers. */
  readonly warnings: readonly Warning[]
  pending: Promise<Arrival> | undefined
}

type Arrival = { readonly lane: Lane } & ({ readonly next: PartResult } | { readonly error: unknown })

/** One answer from the faster of two models. */
export class Hedging implements PartIterator {
  readonly #model: TextModel
  readonly #to: TextModel
  readonly #call: TextCall
  readonly #budget: HedgeBudget
  /** Aborted when the race is over: then nobody waits for the timer. */
  readonly #over = new AbortController()
  #lanes: Lane[] = []
  #started = false
  #timer: Promise<undefined> | undefined
  #winner: PartIterator | undefined
  #out: Part[] = []
  /** What the first model failed with: the call's error when the other fails as well. */
  #error: unknown

  constructor(model: TextModel, to: TextModel, call: TextCall, budget: HedgeBudget) {
    this.#model = model
    this.#to = to
    this.#call = call
    this.#budget = budget
  }

  take(): Part | undefined {
    return this.#out.shift() ?? this.#winner?.take?.()
  }

  async next(): Promise<PartResult> {
    if (!this.#started) this.#start()
    for (;;) {
      const value = this.#out.shift()
      if (value) return { done: false, value }
      if (this.#winner) return this.#winner.next()
      if (this.#over.signal.aborted) return { done: true, value: undefined }
      await this.#race()
    }
  }

  async return(): Promise<PartResult> {
    this.#over.abort()
    for (const { abort } of this.#lanes) abort.abort(new AnyModelError('aborted', 'The reader went away.'))
    await Promise.all(this.#lanes.map(({ iterator }) => iterator.return?.()))
    return { done: true, value: undefined }
  }

  #start(): void {
    this.#started = true
    const after = this.#budget.request(this.#call)
    this.#lanes.push(enter(this.#model, this.#call))
    if (after !== undefined) this.#timer = pause(after, undefined, this.#over.signal).then(() => undefined)
  }

  async #race(): Promise<void> {
    const pending = this.#lanes.map((lane) => (lane.pending ??= arrival(lane)))
    const came = await Promise.race(this.#timer ? [...pending, this.#timer] : pending)
    if (this.#over.signal.aborted) return
    if (!came) return this.#hedge()
    came.lane.pending = undefined
    if ('error' in came) return this.#failed(came.lane, came.error)
    const { next } = came
    if (!next.done && next.value.type === 'notice') this.#out.push(next.value)
    else this.#won(came.lane, next)
  }

  /** The time is over: the other model is asked, if it can answer this call and one more request may be sent. */
  #hedge(): void {
    this.#timer = undefined
    const { unfit, circuit } = candidateOf(this.#to)
    if (unfit?.(this.#call) !== undefined || circuit?.state === 'open') return
    try {
      const { call, warnings, emulateStop } = fit(this.#call, this.#to)
      if (emulateStop || !this.#budget.take()) return
      this.#lanes.push(enter(this.#to, call, warnings))
    } catch (error) {
      if (!isAnyModelError(error)) throw error
    }
  }

  #won(lane: Lane, next: PartResult): void {
    this.#over.abort()
    const loser = this.#lanes.find((other) => other !== lane)
    this.#lanes = [lane]
    const usual = [lane, loser].find((one) => one && !one.isExtra)
    if (usual) this.#budget.took(Date.now() - usual.startedAt)
    for (const warning of lane.warnings)
      this.#out.push({ type: 'notice', kind: 'warning', message: warning.message, warning })
    if (loser) {
      this.#out.push(hedged(loser, lane))
      loser.abort.abort(new AnyModelError('aborted', 'The other model was faster.'))
      Promise.resolve(loser.iterator.return?.()).catch(() => {})
    }
    this.#winner = lane.iterator
    if (!next.done) this.#out.push(next.value)
  }

  #failed(lane: Lane, error: unknown): void {
    const other = this.#lanes.find((one) => one !== lane)
    if (!lane.isExtra) this.#error = error
    this.#lanes = other ? [other] : []
    if (!other || !isAnyModelError(error) || this.#call.signal?.aborted) {
      this.#over.abort()
      throw this.#error ?? error
    }
    this.#out.push(hedged(lane, other, error))
  }
}

function enter(model: TextModel, call: TextCall, warnings?: readonly Warning[]): Lane {
  const abort = new AbortController()
  const signal = call.signal ? AbortSignal.any([call.signal, abort.signal]) : abort.signal
  const iterator = model.stream({ ...call, signal })[Symbol.asyncIterator]()
  const isExtra = warnings !== undefined
  return { model, isExtra, iterator, startedAt: Date.now(), abort, warnings: warnings ?? [], pending: undefined }
}

const arrival = (lane: Lane): Promise<Arrival> =>
  lane.iterator.next().then(
    (next) => ({ lane, next }),
    (error) => ({ lane, error }),
  )

/** The notice of the request that did not answer. */
function hedged({ model, startedAt }: Lane, { model: other }: Lane, error?: AnyModelError): NoticePart {
  const who = `${model.provider}/${model.id}`
  const message = error ? `${who} failed (${error.code})` : `${who} was slower`
  const attempt: Attempt = {
    provider: model.provider,
    model: model.id,
    startedAt,
    durationMs: Date.now() - startedAt,
    outcome: error?.code ?? 'aborted',
    ...(error ? { error: error.message } : {}),
    ...(error?.partial?.usage ? { usage: error.partial.usage } : {}),
  }
  return { type: 'notice', kind: 'hedge', message: `${message}: ${other.provider}/${other.id} answers.`, attempt }
}
