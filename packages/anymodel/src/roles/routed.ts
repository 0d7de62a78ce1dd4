import {
  type BalanceOptions,
  type BreakerOptions,
  type State,
  withBalance,
  withBreaker,
  withConditions,
  withHedge,
} from '@anymodel/core'
import { toMs } from '../config/duration.ts'
import { toUsd } from '../config/money.ts'
import type { BalanceConfig, BreakerConfig } from '../config/routing-config.ts'
import { toShare } from '../config/share.ts'
import { type AnyKindOfModel, isOfKind } from './kinds.ts'
import type { Leg } from './route.ts'
import type { Place } from './routing.ts'

/** What else a leg is made of. */
interface Parts {
  /** Who is asked besides. */
  readonly to?: AnyKindOfModel | undefined
  /** Where its breaker is shared. */
  readonly state?: State | undefined
}

/** A model as its leg says: the breaker watches it, the hedge is around both, conditions come first. */
export function routed(
  model: AnyKindOfModel,
  { when = [], breaker, hedge }: Leg,
  { to, state }: Parts,
): AnyKindOfModel {
  const guarded = breaker ? withBreaker(model, { ...toBreaker(breaker), ...(state ? { state } : {}) }) : model
  const hedged = hedge && to && !isOfKind(guarded, 'video') ? withHedge(guarded, { ...hedge, to } as never) : guarded
  return when.reduce<AnyKindOfModel>(withConditions, hedged)
}

/** A model, and its place in a balance when it has one. */
interface Placed {
  readonly model: AnyKindOfModel
  readonly place: Place | undefined
}

/** Models in order of preference; neighbours in the same balance become one. */
export function balanced(models: readonly Placed[], state: State | undefined): AnyKindOfModel[] {
  const groups: Placed[][] = []
  for (const placed of models) {
    const last = groups.at(-1)
    if (placed.place && last?.[0]?.place?.in === placed.place.in) last.push(placed)
    else groups.push([placed])
  }
  return groups.map((group) => {
    const [{ model, place }] = group as [Placed]
    return place ? withBalance(group.map(toTarget), toOptions(place.in, state)) : model
  })
}

const toTarget = ({ model, place: { weight, price } = {} as Place }: Placed) => ({
  model,
  ...(weight === undefined ? {} : { weight }),
  ...(price ? { price } : {}),
})

function toOptions(
  { balance, buffer, deadline, badOutcomeCost, sticky, shared = false }: BalanceConfig,
  state: State | undefined,
): BalanceOptions {
  return {
    strategy: balance,
    ...(shared && state ? { state } : {}),
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

const toBreaker = ({ failures, cooldown, maxCooldown }: BreakerConfig): BreakerOptions => ({
  ...(failures === undefined ? {} : { failures }),
  ...(cooldown === undefined ? {} : { cooldown: toMs(cooldown) }),
  ...(maxCooldown === undefined ? {} : { maxCooldown: toMs(maxCooldown) }),
})
