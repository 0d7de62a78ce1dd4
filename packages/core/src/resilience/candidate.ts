import type { TextModel } from '../contract/text.ts'
import type { Gate } from './circuit.ts'
import type { AnyCall, AnyModel } from './kinds.ts'
import { unlessAborted } from './unless-aborted.ts'

/** What a wrapper tells `withFallback` and `withBalance` about itself, so that they ask it only where that leads somewhere. */
export interface Candidate {
  /** Why it should not get this call; `undefined` when it may. */
  readonly unfit?: ((call: AnyCall) => string | undefined) | undefined
  /** The breaker around it. */
  readonly circuit?: Pick<Gate, 'state'> | undefined
  /** The models that it stands for. */
  readonly members?: readonly AnyModel[] | undefined
  /** What has to be looked up before they are ranked for a call; `undefined` where nothing has. */
  readonly prepare?: ((call: AnyCall) => Promise<unknown> | undefined) | undefined
  /** The same, the one to ask first in front. */
  readonly ranked?: ((call: AnyCall) => readonly AnyModel[]) | undefined
  /** The same model, sure to send no more than one request. */
  readonly alone?: AnyModel | undefined
}

const key = Symbol.for('anymodel.candidate')

/** Marks a model. */
export const asCandidate = <M extends object>(model: M, candidate: Candidate): M =>
  Object.defineProperty({ ...model }, key, { value: candidate })

export const candidateOf = (model: object): Candidate => (model as { [key]?: Candidate })[key] ?? {}

/** The models that one stands for: itself, or those of the balance that it is. */
export const membersOf = <M extends AnyModel>(model: M): M[] =>
  candidateOf(model).members?.flatMap((member) => membersOf(member as M)) ?? [model]

/** Waits for what models have to look up before a call is given to one of them; `undefined` where nobody has to wait. */
export function prepared(models: readonly AnyModel[], call: AnyCall): Promise<unknown> | undefined {
  const waits = models.flatMap((model) => candidateOf(model).prepare?.(call) ?? [])
  return waits.length > 0 ? unlessAborted(Promise.all(waits), call.signal, () => {}) : undefined
}

/** A model that may be asked. */
export interface Listed<M = TextModel> {
  readonly model: M
  /** The balance that it is a target of: others of the same are asked without waiting. */
  readonly of?: M | undefined
  /** Why it can't have this call. */
  readonly unfit?: string | undefined
}

/** The models that a call may go to, in order: each that stands for several is taken apart. */
export const candidates = <M extends AnyModel>(models: readonly M[], call: AnyCall, of?: M): Listed<M>[] =>
  models.flatMap((model) => {
    const { unfit, ranked } = candidateOf(model)
    const reason = unfit?.(call)
    if (reason === undefined && ranked) return candidates(ranked(call) as readonly M[], call, model)
    return [{ model, of, unfit: reason }]
  })
