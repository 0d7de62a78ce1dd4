import {
  AnyModelError,
  type EmbeddingModel,
  type FailoverOptions,
  isAnyModelError,
  type RetryOptions,
  withFallback,
  withRetry,
  withTimeout,
} from '@anymodel/core'
import type { CacheConfig } from '../config/limits-config.ts'
import { clocksOf } from './clocks.ts'
import { withDefaults } from './defaults.ts'
import { find, type Setting } from './find.ts'
import { type AnyKindOfModel, isOfKind, type Kind, type Models } from './kinds.ts'
import { cachedRole, type Ledger, limited, onStateErrorOf } from './limited.ts'
import { priceOf } from './limiting.ts'
import { type Fallback, type Leg, type Route, toRoute } from './route.ts'
import { balanced, routed } from './routed.ts'
import type { Place } from './routing.ts'

/** The model of a route, with what the route gives it. The clock `total` is for all attempts together, the others are for each. Rejects with `config` for what can't be said of models of the kind. */
export async function settle<K extends Kind>(kind: K, route: Route, setting: Setting): Promise<Models[K]> {
  const { fallback, retry } = route
  try {
    const attempts = fallback
      ? await withOthers(kind, route, fallback, setting)
      : withRetry(await settleLeg(kind, route, setting), retry)
    const { total } = clocksOf(kind, undefined, route.timeouts)
    const timed: AnyKindOfModel = total === undefined ? attempts : withTimeout(attempts, { total })
    if (!route.cache) return timed as Models[K]
    const state = await setting.surroundings.states.of(setting.config)
    return cachedRole(timed, route, state, await comparing(route.cache, setting)) as Models[K]
  } catch (error) {
    if (!isAnyModelError(error) || error.code !== 'invalid-argument') throw error
    throw new AnyModelError('config', `The role ${route.roles[0] ?? setting.name}: ${error.message}`, { cause: error })
  }
}

/** The model that compares questions for a semantic cache. */
async function comparing(cache: CacheConfig, setting: Setting): Promise<EmbeddingModel | undefined> {
  if (cache.mode !== 'semantic') return undefined
  const { embedding = 'onnx/all-minilm-l6-v2' } = cache
  const name = typeof embedding === 'string' ? embedding : embedding.role
  return settle('embedding', toRoute(setting.config, name), { ...setting, name })
}

/** One owner of retries: with others to ask, `withFallback` is it. */
async function withOthers(
  kind: Kind,
  route: Route,
  { others, larger, unfiltered, ...options }: Fallback,
  setting: Setting,
): Promise<AnyKindOfModel> {
  const { config, surroundings } = setting
  const settleOne = async (leg: Leg) => ({ model: await settleLeg(kind, leg, setting), place: priced(leg, setting) })
  const settled = async (legs: readonly Leg[]) => {
    const isShared = legs.some(({ place }) => place?.in.shared)
    const state = isShared ? await surroundings.states.of(config) : undefined
    return balanced(await Promise.all(legs.map(settleOne)), state)
  }
  const legs = [route, ...others]
  const [models, onContextOverflow, onContentFilter] = await Promise.all([
    settled(legs),
    settled(larger),
    settled(unfiltered),
  ])
  const all = legs.length + larger.length + unfiltered.length
  const lists = kind === 'text' ? { onContextOverflow, onContentFilter } : {}
  return withFallback(models, { ...options, ...lists, ...tries(route.retry, all) } as FailoverOptions)
}

/** A place in a balance with the price of its model: its own, or that of the config. */
function priced({ place, model }: Leg, { config }: Setting): Place | undefined {
  const price = place?.price ?? priceOf(config, model)
  return place && price ? { ...place, price } : place
}

/** How often each of so many models may be asked. */
const tries = ({ attempts = 1, maxWait }: RetryOptions, models: number): FailoverOptions => ({
  retries: attempts - 1,
  maxAttempts: attempts * models,
  ...(maxWait === undefined ? {} : { maxWait }),
})

/** One model, with its clocks and defaults. */
async function settleLeg(kind: Kind, leg: Leg, setting: Setting): Promise<AnyKindOfModel> {
  const { model, type } = await find(kind, leg, setting)
  const { attempt } = clocksOf(kind, type, leg.timeouts)
  const timed: AnyKindOfModel = Object.keys(attempt).length > 0 ? withTimeout(model as AnyKindOfModel, attempt) : model
  const own = tuned(await withinLimits(kind, timed, leg, setting), leg)
  const to = leg.hedge && (await settleLeg(kind, leg.hedge.to, setting))
  const state = leg.breaker?.shared ? await setting.surroundings.states.of(setting.config) : undefined
  return routed(own, leg, { to, state })
}

/** Tuning options of roles are for text and code. */
function tuned(model: AnyKindOfModel, { defaults }: Leg): AnyKindOfModel {
  if (isOfKind(model, 'text')) return withDefaults(model, defaults)
  return isOfKind(model, 'code') ? withDefaults(model, defaults) : model
}

/** Clocks run inside: waiting for a turn is not the model's time. Who answers beyond a budget does so whatever that costs: its answers don't count. */
async function withinLimits(kind: Kind, model: AnyKindOfModel, leg: Leg, setting: Setting): Promise<AnyKindOfModel> {
  const exceeded = setting.exceeded ?? []
  const { budget, ...rest } = leg
  const own: Leg = budget && exceeded.includes(budget.name) ? rest : leg
  const ledger = await ledgerFor(own, setting)
  if (!ledger) return model
  const { name, onExceed = 'error' } = own.budget ?? {}
  if (name === undefined || onExceed === 'error') return limited(model, own, ledger)
  const route = toRoute(setting.config, onExceed.role)
  return limited(model, own, ledger, await settle(kind, route, { ...setting, exceeded: [...exceeded, name] }))
}

async function ledgerFor({ limits, budget }: Leg, { config, surroundings }: Setting): Promise<Ledger | undefined> {
  if (!limits && !budget) return undefined
  return { state: await surroundings.states.of(config), onStateError: onStateErrorOf(config) }
}
