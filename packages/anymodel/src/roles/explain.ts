import { breakerOpenFor, budgetLeft, conditionMismatch, isAnyModelError, limitsLeft, type State } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import type { Kind } from './kinds.ts'
import { nameOf } from './kinds.ts'
import { type Leg, type Route, toRoute } from './route.ts'

/** A call of a kind, as far as its way depends on it. */
export interface ImaginedCall {
  readonly kind: Kind
  readonly call: Parameters<typeof conditionMismatch>[1]
}

/** A model that a call may go to, and what stands for or against it. */
export interface Candidate {
  readonly model: string
  /** The balance that it is a target of. */
  readonly balance?: string
  /** `first`: the call goes there. `shared`: to one of these, as the balance chooses. `next`: when those before it fail. `last`: as long as its breaker is open, after the others. `passed`: not at all. */
  readonly place: 'first' | 'shared' | 'next' | 'last' | 'passed'
  /** Why not at all, or last. */
  readonly why?: string
  /** What is left, where the state could be asked. */
  readonly limits?: Readonly<Record<string, number>>
  readonly budget?: { readonly name: string; readonly left: number; readonly unit: 'usd' | 'tokens' }
}

/** The way of one call: who would get it, and why. */
export interface CallRoute {
  readonly role: string
  readonly kind: Kind
  /** Who would get it: one model, several that share calls, or nobody. */
  readonly answers: readonly string[]
  readonly candidates: readonly Candidate[]
  /** Why the state could not be asked. */
  readonly state?: string
}

interface Looked {
  readonly leg: Leg
  readonly unfit?: string | undefined
  readonly openFor: number
  readonly limits?: Readonly<Record<string, number>> | undefined
  readonly budget?: Candidate['budget'] | undefined
}

/** Follows a call through a config, without asking any model. `open`: gives the state that the config names; without one, what is in other processes is not looked at. */
export async function explainCall(
  config: CheckedConfig,
  role: string,
  { kind, call }: ImaginedCall,
  open: (() => Promise<State>) | undefined,
): Promise<CallRoute> {
  const route = toRoute(config, role)
  const legs = [route as Leg, ...((route as Route).fallback?.others ?? [])]
  const look = (leg: Leg, state: State | undefined) => lookAt(leg, kind, call, state)
  try {
    const state = await open?.()
    return toCallRoute(role, kind, await Promise.all(legs.map((leg) => look(leg, state))))
  } catch (error) {
    if (!isAnyModelError(error) || !open || error.code === 'invalid-argument') throw error
    const looked = await Promise.all(legs.map((leg) => look(leg, undefined)))
    return { ...toCallRoute(role, kind, looked), state: error.message }
  }
}

async function lookAt(leg: Leg, kind: Kind, call: ImaginedCall['call'], state: State | undefined): Promise<Looked> {
  const unfit = (leg.when ?? []).map((when) => conditionMismatch(kind, call, when)).find(Boolean)
  if (!state) return { leg, unfit, openFor: 0 }
  const name = `${leg.model.provider}/${leg.model.id}`
  const [openFor, limits, budget] = await Promise.all([
    leg.breaker?.shared ? breakerOpenFor(state, name) : 0,
    leg.limits && limitsLeft(state, name, leg.limits),
    leg.budget && leftOf(leg.budget, call, state),
  ])
  return { leg, unfit, openFor, limits, budget }
}

async function leftOf(
  { name, limit, per, by }: NonNullable<Leg['budget']>,
  { tags }: ImaginedCall['call'],
  state: State,
): Promise<Candidate['budget']> {
  const owner = by === undefined ? '' : (tags?.[by] ?? '')
  const left = await budgetLeft(state, { limit, per, key: name, owner })
  return left === undefined ? undefined : { name, left, unit: 'usd' in limit ? 'usd' : 'tokens' }
}

function toCallRoute(role: string, kind: Kind, looked: readonly Looked[]): CallRoute {
  const ready = looked.filter((one) => against(one) === undefined && one.openFor === 0)
  const [first] = ready.length > 0 ? ready : looked.filter((one) => against(one) === undefined)
  const together = (one: Looked) => one === first || (isPlaced(one) && one.leg.place?.in === first?.leg.place?.in)
  const candidates = looked.map((one): Candidate => {
    const { leg, openFor, limits, budget } = one
    const why = against(one) ?? (openFor > 0 ? `its breaker is open for another ${Math.ceil(openFor)} ms` : undefined)
    const sharing = ready.filter(together).length > 1 ? ('shared' as const) : ('first' as const)
    const place = against(one)
      ? 'passed'
      : together(one) && (openFor === 0 || one === first)
        ? sharing
        : openFor > 0
          ? 'last'
          : 'next'
    return {
      model: nameOf(leg.model),
      ...(leg.place ? { balance: leg.place.in.balance } : {}),
      place,
      ...(why === undefined ? {} : { why }),
      ...(limits ? { limits } : {}),
      ...(budget ? { budget } : {}),
    }
  })
  const answers = candidates.filter(({ place }) => place === 'first' || place === 'shared').map(({ model }) => model)
  return { role, kind, answers, candidates }
}

const isPlaced = ({ leg }: Looked): boolean => leg.place !== undefined

/** What sends the call elsewhere. */
function against({ unfit, limits, budget }: Looked): string | undefined {
  if (unfit !== undefined) return `it ${unfit}`
  if (budget?.left === 0) return `the budget ${budget.name} is spent`
  const spent = Object.entries(limits ?? {}).find(([, left]) => left === 0)
  return spent && `${spent[0]} is reached`
}
