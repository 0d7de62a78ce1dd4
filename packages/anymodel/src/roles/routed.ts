import {
  type BalanceOptions,
  type TextModel,
  withBalance,
  withBreaker,
  withConditions,
  withHedge,
} from '@anymodel/core'
import { toMs } from '../config/duration.ts'
import { toUsd } from '../config/money.ts'
import type { BalanceConfig } from '../config/routing-config.ts'
import { toShare } from '../config/share.ts'
import type { Leg } from './route.ts'
import type { Place } from './routing.ts'

/** A model as its leg says: the breaker watches it, the hedge is around both, conditions come first. */
export function routed(model: TextModel, { when = [], breaker, hedge }: Leg, to: TextModel | undefined): TextModel {
  const guarded = breaker ? withBreaker(model, breaker) : model
  const hedged = hedge && to ? withHedge(guarded, { ...hedge, to }) : guarded
  return when.reduce(withConditions, hedged)
}

/** A model, and its place in a balance when it has one. */
interface Placed {
  readonly model: TextModel
  readonly place: Place | undefined
}

/** Models in order of preference; neighbours in the same balance become one. */
export function balanced(models: readonly Placed[]): TextModel[] {
  const groups: Placed[][] = []
  for (const placed of models) {
    const last = groups.at(-1)
    if (placed.place && last?.[0]?.place?.in === placed.place.in) last.push(placed)
    else groups.push([placed])
  }
  return groups.map((group) => {
    const [{ model, place }] = group as [Placed]
    return place ? withBalance(group.map(toTarget), toOptions(place.in)) : model
  })
}

const toTarget = ({ model, place: { weight, price } = {} as Place }: Placed) => ({
  model,
  ...(weight === undefined ? {} : { weight }),
  ...(price ? { price } : {}),
})

function toOptions({ balance, buffer, deadline, badOutcomeCost, sticky }: BalanceConfig): BalanceOptions {
  return {
    strategy: balance,
    ...(buffer === undefined ? {} : { buffer: toShare(buffer) }),
    ...(deadline === undefined ? {} : { deadline: toMs(deadline) }),
    ...(badOutcomeCost === undefined ? {} : { badOutcomeCost: toUsd(badOutcomeCost) }),
    ...(sticky === undefined ? {} : { sticky: typeof sticky === 'object' ? toSticky(sticky) : sticky }),
  }
}

const toSticky = ({ tag, ttl }: Exclude<BalanceConfig['sticky'], boolean | undefined>) => ({
  ...(tag === undefined ? {} : { tag }),
  ...(ttl === undefined ? {} : { ttl: toMs(ttl) }),
})
