import { type EmbeddingModel, type State, withBudget, withCache, withLimit } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import { type AnyKindOfModel, isOfKind } from './kinds.ts'
import { toCache } from './limiting.ts'
import type { Leg, Route } from './route.ts'

/** What limits, budgets and caches of a config work with. */
export interface Ledger {
  readonly state: State
  readonly onStateError: { readonly onStateError?: 'allow' | 'refuse' }
}

/** A model as its leg limits it: what it may cost is looked at before it waits for its turn. `downgrade`: who answers beyond the budget. */
export function limited(model: AnyKindOfModel, leg: Leg, ledger: Ledger, downgrade?: AnyKindOfModel): AnyKindOfModel {
  const { provider, id } = leg.model
  const turned = leg.limits ? withLimit(model, { ...leg.limits, ...ledgerOf(ledger), key: `${provider}/${id}` }) : model
  if (!leg.budget) return turned
  const { name, onExceed: _onExceed, ...budget } = leg.budget
  return withBudget(turned, { ...budget, ...ledgerOf(ledger), key: name, onExceed: downgrade ?? 'error' })
}

const ledgerOf = ({ state, onStateError }: Ledger) => ({ state, ...onStateError })

export const onStateErrorOf = ({ state }: CheckedConfig): Ledger['onStateError'] =>
  state === 'memory' || state.onError === undefined ? {} : { onStateError: state.onError }

/** A role's model with its cache. Roles with other settings have other answers, so each has its own; vectors are the same for all. A default temperature above 0 counts like one of the call. */
export function cachedRole(
  model: AnyKindOfModel,
  route: Route,
  state: State,
  embedding?: EmbeddingModel,
): AnyKindOfModel {
  if (!route.cache || isOfKind(model, 'video')) return model
  const { namespace, ...options } = toCache(route.cache)
  const legs = [route, ...(route.fallback?.others ?? [])].map(({ model, defaults }) => [
    model.provider,
    model.id,
    defaults,
  ])
  const own = isOfKind(model, 'embedding') ? (namespace ?? '') : JSON.stringify([namespace, route.roles, legs])
  const cached: AnyKindOfModel = withCache(model, {
    ...options,
    state,
    namespace: own,
    ...(embedding ? { embedding } : {}),
  })
  const isVarying = (route.defaults.temperature ?? 0) > 0 && !route.cache.anyTemperature
  if (!isVarying || !isOfKind(model, 'text') || !isOfKind(cached, 'text')) return cached
  return { ...cached, stream: (call) => (call.temperature === undefined ? model : cached).stream(call) }
}
