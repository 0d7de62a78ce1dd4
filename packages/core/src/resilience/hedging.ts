import type { Attempt, NoticePart, Part, Warning } from '../contract/part.ts'
import type { PartIterator, PartResult, PartStream } from '../contract/text.ts'
import { AnyModelError, isAnyModelError } from '../errors.ts'
import { warningNotice } from './attempt-notice.ts'
import { measured } from './call-measures.ts'
import { candidateOf } from './candidate.ts'
import type { HedgeBudget } from './hedge-budget.ts'
import { type AnyCall, type AnyModel, asked, isContent, isValueKind, kindOf } from './kinds.ts'
import { pause } from './pause.ts'
import type { Fitted } from './stand-in.ts'

/** One of the two requests. */
interface Lane {
  readonly model: AnyModel
  readonly call: AnyCall
  readonly isExtra: boolean
  readonly iterator: PartIterator
  readonly startedAt: number
  readonly abort: AbortController
  /** What it says about itself, told when it answers. */
  readonly warnings: readonly Warning[]
  pending: Promise<Arrival> | undefined
}

type Arrival = { readonly lane: Lane } & ({ readonly next: PartResult } | { readonly error: unknown })

interface Race {
  readonly model: AnyModel
  readonly to: AnyModel
  readonly call: AnyCall
  readonly budget: HedgeBudget
  /** The call as `to` takes it. */
  readonly fit: (call: AnyCall) => Fitted
}

/** One answer from the faster of two models. */
export class Hedging implements PartIterator {
  readonly #race: Race
  /** Aborted when the race is over: then nobody waits for the timer. */
  readonly #over = new AbortController()
  #lanes: Lane[] = []
  #started = false
  #timer: Promise<undefined> | undefined
  #winner: PartIterator | undefined
  #out: Part[] = []
  /** What the first model failed with: the call's error when the other fails as well. */
  #error: unknown

  constructor(race: Race) {
    this.#race = race
  }

  /** The answer of models that give one value. */
  async value(): Promise<unknown> {
    for (;;) {
      const { value: event } = (await this.next()) as {
        readonly value: { readonly type: string; readonly value?: unknown }
      }
      if (event.type === 'value') return event.value
    }
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
      await this.#raced()
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
    const { model, call, budget } = this.#race
    const after = budget.request(call)
    this.#lanes.push(enter(model, call))
    if (after !== undefined) this.#timer = pause(after, undefined, this.#over.signal).then(() => undefined)
  }

  async #raced(): Promise<void> {
    const pending = this.#lanes.map((lane) => (lane.pending ??= arrival(lane)))
    const came = await Promise.race(this.#timer ? [...pending, this.#timer] : pending)
    if (this.#over.signal.aborted) return
    if (!came) return this.#hedge()
    came.lane.pending = undefined
    if ('error' in came) return this.#failed(came.lane, came.error)
    const { next } = came
    if (next.done || isContent(next.value)) return this.#won(came.lane, next)
    // How far two answers are is not told at once.
    if (next.value.type === 'notice' || !came.lane.isExtra) this.#out.push(next.value)
  }

  /** The time is over: the other model is asked, if it can answer this call and one more request may be sent. */
  #hedge(): void {
    this.#timer = undefined
    const { to, call: given, budget, fit } = this.#race
    const { unfit, circuit } = candidateOf(to)
    if (unfit?.(given) !== undefined || circuit?.state === 'open') return
    try {
      const { call, warnings, emulateStop } = fit(given)
      if (emulateStop || !budget.take()) return
      this.#lanes.push(enter(to, call, warnings))
    } catch (error) {
      if (!isAnyModelError(error)) throw error
    }
  }

  #won(lane: Lane, next: PartResult): void {
    this.#over.abort()
    const loser = this.#lanes.find((other) => other !== lane)
    this.#lanes = [lane]
    const usual = [lane, loser].find((one) => one && !one.isExtra)
    if (usual) this.#race.budget.took(Date.now() - usual.startedAt)
    this.#out.push(...lane.warnings.map(warningNotice))
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
    if (!other || !isAnyModelError(error) || this.#race.call.signal?.aborted) {
      this.#over.abort()
      throw this.#error ?? error
    }
    this.#out.push(hedged(lane, other, error))
  }
}

function enter(model: AnyModel, call: AnyCall, warnings?: readonly Warning[]): Lane {
  const abort = new AbortController()
  const signal = call.signal ? AbortSignal.any([call.signal, abort.signal]) : abort.signal
  const ask = () => asked(model, { ...call, signal })
  const iterator = isValueKind(kindOf(model)) ? once(ask) : (ask() as PartStream)[Symbol.asyncIterator]()
  const isExtra = warnings !== undefined
  return { model, call, isExtra, iterator, startedAt: Date.now(), abort, warnings: warnings ?? [], pending: undefined }
}

/** A value as the one event of an answer. */
async function* once(ask: () => unknown): AsyncGenerator<Part> {
  yield { type: 'value', value: await ask() } as unknown as Part
}

const arrival = (lane: Lane): Promise<Arrival> =>
  lane.iterator.next().then(
    (next) => ({ lane, next }),
    (error) => ({ lane, error }),
  )

/** The notice of the request that did not answer. */
function hedged({ model, call, startedAt }: Lane, { model: other }: Lane, error?: AnyModelError): NoticePart {
  const who = `${model.provider}/${model.id}`
  const message = error ? `${who} failed (${error.code})` : `${who} was slower`
  const input = error ? undefined : measured(kindOf(model), 'tokens', call)
  const attempt: Attempt = {
    provider: model.provider,
    model: model.id,
    startedAt,
    durationMs: Date.now() - startedAt,
    outcome: error?.code ?? 'aborted',
    ...(error ? { error: error.message } : {}),
    ...(error?.partial?.usage ? { usage: error.partial.usage } : {}),
    ...(input === undefined ? {} : { usage: { input }, isEstimate: true }),
  }
  return { type: 'notice', kind: 'hedge', message: `${message}: ${other.provider}/${other.id} answers.`, attempt }
}
