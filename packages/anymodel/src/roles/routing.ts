import type { Conditions, FallbackOptions } from '@anymodel/core'
import type { RoleSettings } from '../config/config.ts'
import { toMs } from '../config/duration.ts'
import type { BalanceConfig, BalanceEntry, BreakerConfig, HoldConfig, WhenConfig } from '../config/routing-config.ts'
import { toShare } from '../config/share.ts'

/** A place among the targets of a balance. */
export interface Place extends Pick<BalanceEntry, 'weight' | 'price'> {
  readonly in: BalanceConfig
}

/** How one model is asked, besides clocks and defaults. What is not set is absent. */
export interface Routing {
  /** All must hold. */
  readonly when?: readonly Conditions[]
  readonly breaker?: BreakerConfig
  readonly place?: Place
}

/** What roles on a way and the target at its end say about a model. */
export function toRouting(
  chain: readonly RoleSettings[],
  { when = [], place }: { readonly when?: readonly WhenConfig[]; readonly place?: Place | undefined },
): Routing {
  const conditions = [...chain.flatMap((settings) => settings.when ?? []), ...when].map(toConditions)
  const breaker = chain.find((settings) => settings.breaker)?.breaker
  return {
    ...(conditions.length > 0 ? { when: conditions } : {}),
    ...(breaker ? { breaker } : {}),
    ...(place ? { place } : {}),
  }
}

/** What `withHedge` takes, but for the other model. */
export function toHedge({ after = 'p95', maxExtra = '5%' }: NonNullable<RoleSettings['hedge']>) {
  return { after: after === 'p95' ? ('p95' as const) : toMs(after), maxExtra: toShare(maxExtra) }
}

/** What a role says about the time before and after a failure. */
export function toHolding(
  hold: HoldConfig | undefined,
  cooldown: string | undefined,
): Pick<FallbackOptions, 'hold' | 'cooldown'> {
  const { chars, time } = hold ?? {}
  return {
    ...(hold
      ? { hold: { ...(chars === undefined ? {} : { chars }), ...(time === undefined ? {} : { ms: toMs(time) }) } }
      : {}),
    ...(cooldown === undefined ? {} : { cooldown: toMs(cooldown) }),
  }
}

const toConditions = ({ modality, ...when }: WhenConfig): Conditions => ({
  ...when,
  ...(modality === undefined ? {} : { modality: [modality].flat() }),
})
