import {
  AnyModelError,
  type CodeModel,
  type EmbeddingModel,
  type FailoverOptions,
  type RetryOptions,
  type TextModel,
  type TuningOptions,
  withBreaker,
  withCache,
  withFallback,
  withLimit,
  withRetry,
  withTimeout,
} from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import type { CacheConfig } from '../config/limits-config.ts'
import { clocksOf, unheardClocks } from './clocks.ts'
import { withDefaults } from './defaults.ts'
import { find, providerOf, type Setting, type Surroundings } from './find.ts'
import { type AnyKindOfModel, isModel, isOfKind, type Kind, type Models } from './kinds.ts'
import { cachedRole, type Ledger, limited, limitedEmbedding, onStateErrorOf } from './limited.ts'
import { toCache } from './limiting.ts'
import { type Fallback, type Leg, type Route, type TextSetting, toRoute } from './route.ts'
import { balanced, routed } from './routed.ts'

/** A config as it stands at one moment, ready to give models. */
export interface Snapshot {
  readonly config: CheckedConfig
  /**
   * The model of a role or a `provider/model`, with the role's defaults, clocks and retries. The provider's code is imported when it is first needed.
   * Rejects with `config` for what is not there and for variables that are not set.
   */
  model(name: string): Promise<TextModel>
  /** The same for the other kinds. Rejects also when who runs the model has none of that kind. */
  modelOf<K extends Kind>(kind: K, name: string): Promise<Models[K]>
  /** What completes code under a name, and those of the role's defaults that it honours: a code model where the id is one that was made to fill gaps and the provider asks it so, else the text model. */
  completer(name: string): Promise<Completer>
}

interface Completer {
  readonly model: CodeModel | TextModel
  readonly defaults: TuningOptions
}

export function takeSnapshot(config: CheckedConfig, surroundings: Surroundings): Snapshot {
  // What a model remembers, such as which of several rests, is for all its calls.
  const models = new Map<string, AnyKindOfModel>()
  const kept = async <M extends AnyKindOfModel>(kind: Kind, name: string, settle: () => Promise<M>): Promise<M> => {
    const key = `${kind} ${name}`
    const known = models.get(key)
    if (known) return known as M
    const model = await settle()
    models.set(key, model)
    return model
  }
  const snapshot: Snapshot = {
    config,
    model: (name) => kept('text', name, async () => settleText(toRoute(config, name), { name, config, surroundings })),
    modelOf: (kind, name) =>
      kept(kind, name, async () => {
        const route = toRoute(config, name)
        const isBalanced = [route, ...(route.fallback?.others ?? [])].some(({ place }) => place)
        const isLimited = [route, ...(route.fallback?.others ?? [])].some(({ limits }) => limits)
        const given = [
          ...route.given,
          ...(isBalanced ? (['balance'] as const) : []),
          ...(isLimited ? (['limits'] as const) : []),
        ]
        const deaf = given.filter((one) => !followed(kind).includes(one))
        const unheard = [...deaf, ...unheardClocks(kind, route.timeouts)]
        if (unheard.length > 0) throw notForKind(route, unheard, kind)
        return settleKind(kind, route, { name, config, surroundings })
      }),
    async completer(name) {
      const route = toRoute(config, name)
      const setting = { name, config, surroundings }
      const legs = [route, ...(route.fallback?.others ?? [])]
      const fill = await Promise.all(legs.map((leg) => fillsGaps(leg, setting)))
      const model = await (fill.every(Boolean) ? snapshot.modelOf('code', name) : snapshot.model(name))
      const knobs: readonly string[] = model.supports.knobs ?? []
      // Of those that it lacks `withDefaults` tells.
      const honoured = Object.entries(route.defaults).filter(([knob]) => knobs.includes(knob))
      return { model, defaults: Object.fromEntries(honoured) }
    },
  }
  return snapshot
}

/** The settings of a role that kinds besides text follow. */
function followed(kind: Kind): readonly (TextSetting | 'balance' | 'limits')[] {
  const all = ['retry', 'cooldown', 'breaker', 'timeouts'] as const
  if (kind === 'code') return [...all, 'defaults', 'limits']
  return kind === 'embedding' ? [...all, 'limits', 'budget', 'cache'] : all
}

/** The model of another kind than text. */
async function settleKind<K extends Kind>(kind: K, route: Route, setting: Setting): Promise<Models[K]> {
  const legs = [route, ...(route.fallback?.others ?? [])]
  const models = await Promise.all(legs.map((leg) => settleKindLeg(kind, leg, setting)))
  // The overloads go by kind, which all of them share.
  const [first, ...others] = models as CodeModel[] as [CodeModel, ...CodeModel[]]
  const attempts =
    others.length > 0
      ? withFallback([first, ...others], { ...cooling(route), ...tries(route.retry, models.length) })
      : withRetry(first, route.retry)
  const { total } = clocksOf(kind, undefined, route.timeouts)
  const timed = (total === undefined ? attempts : withTimeout(attempts, { total })) as AnyKindOfModel as Models[K]
  if (!route.cache || !isOfKind(timed, 'embedding')) return timed
  const state = await setting.surroundings.states.of(setting.config)
  const { ttl, namespace } = toCache(route.cache)
  return withCache(timed, {
    state,
    ...(ttl === undefined ? {} : { ttl }),
    ...(namespace === undefined ? {} : { namespace }),
  }) as Models[K]
}

async function settleKindLeg<K extends Kind>(kind: K, leg: Leg, setting: Setting): Promise<Models[K]> {
  const model = await settleKindModel(kind, leg, setting)
  return (leg.breaker ? withBreaker(model, leg.breaker) : model) as Models[K]
}

async function settleKindModel<K extends Kind>(kind: K, leg: Leg, setting: Setting): Promise<Models[K]> {
  const { model, type } = await find(kind, leg, setting)
  const ledger = await ledgerFor(leg, setting)
  const { attempt } = clocksOf(kind, type, leg.timeouts)
  const timed = (Object.keys(attempt).length > 0 ? withTimeout(model, attempt) : model) as AnyKindOfModel
  if (isOfKind(timed, 'embedding')) return (ledger ? limitedEmbedding(timed, leg, ledger) : timed) as Models[K]
  if (!isOfKind(timed, 'code')) return timed as Models[K]
  const turned = ledger && leg.limits ? withLimit(timed, { ...leg.limits, state: ledger.state }) : timed
  return withDefaults(turned as CodeModel, leg.defaults) as Models[K]
}

/** Whether a model is asked for what stands in a gap, not in a chat. */
async function fillsGaps(leg: Leg, setting: Setting): Promise<boolean> {
  const { model } = leg
  if (isModel(model)) return isOfKind(model, 'code')
  const [provider, { fillFamilyOf }] = await Promise.all([
    providerOf(model.provider, leg, setting),
    import('@anymodel/code'),
  ])
  return provider.code !== undefined && fillFamilyOf(model.id) !== undefined
}

/** The text model of a route, with what the route gives it. The clock `total` is for all attempts together, the others are for each. */
async function settleText(route: Route, setting: Setting): Promise<TextModel> {
  const { fallback, retry } = route
  const { total } = clocksOf('text', undefined, route.timeouts)
  const attempts = fallback
    ? await withOthers(route, fallback, setting)
    : withRetry(await settleLeg(route, setting), retry)
  const timed = total === undefined ? attempts : withTimeout(attempts, { total })
  if (!route.cache) return timed
  const state = await setting.surroundings.states.of(setting.config)
  return cachedRole(timed, route, state, await comparing(route.cache, setting))
}

/** The model that compares questions for a semantic cache. */
async function comparing(cache: CacheConfig, setting: Setting): Promise<EmbeddingModel | undefined> {
  if (cache.mode !== 'semantic') return undefined
  const { embedding = 'onnx/all-minilm-l6-v2' } = cache
  const name = typeof embedding === 'string' ? embedding : embedding.role
  return settleKind('embedding', toRoute(setting.config, name), { ...setting, name })
}

/** One owner of retries: with others to ask, `withFallback` is it. */
async function withOthers(
  route: Route,
  { others, larger, unfiltered, ...options }: Fallback,
  setting: Setting,
): Promise<TextModel> {
  const settled = async (legs: readonly Leg[]) =>
    balanced(await Promise.all(legs.map(async (leg) => ({ model: await settleLeg(leg, setting), place: leg.place }))))
  const legs = [route, ...others]
  const [models, onContextOverflow, onContentFilter] = await Promise.all([
    settled(legs),
    settled(larger),
    settled(unfiltered),
  ])
  const all = legs.length + larger.length + unfiltered.length
  return withFallback(models, { ...options, onContextOverflow, onContentFilter, ...tries(route.retry, all) })
}

const cooling = ({ fallback: { cooldown } = {} as Fallback }: Route): FailoverOptions =>
  cooldown === undefined ? {} : { cooldown }

/** How often each of so many models may be asked. */
const tries = ({ attempts = 1, maxWait }: RetryOptions, models: number): FailoverOptions => ({
  retries: attempts - 1,
  maxAttempts: attempts * models,
  ...(maxWait === undefined ? {} : { maxWait }),
})

/** One text model, with its clocks and defaults. */
async function settleLeg(leg: Leg, setting: Setting): Promise<TextModel> {
  const { model, type } = await find('text', leg, setting)
  const { attempt } = clocksOf('text', type, leg.timeouts)
  const to = leg.hedge && (await settleLeg(leg.hedge.to, setting))
  return routed(withDefaults(await withinLimits(withTimeout(model, attempt), leg, setting), leg.defaults), leg, to)
}

/** Clocks run inside: waiting for a turn is not the model's time. Who answers beyond a budget does so whatever that costs: its answers don't count. */
async function withinLimits(model: TextModel, leg: Leg, setting: Setting): Promise<TextModel> {
  const exceeded = setting.exceeded ?? []
  const { budget, ...rest } = leg
  const own: Leg = budget && exceeded.includes(budget.name) ? rest : leg
  const ledger = await ledgerFor(own, setting)
  if (!ledger) return model
  const { name, onExceed = 'error' } = own.budget ?? {}
  if (name === undefined || onExceed === 'error') return limited(model, own, ledger)
  const route = toRoute(setting.config, onExceed.role)
  return limited(model, own, ledger, await settleText(route, { ...setting, exceeded: [...exceeded, name] }))
}

async function ledgerFor({ limits, budget }: Leg, { config, surroundings }: Setting): Promise<Ledger | undefined> {
  if (!limits && !budget) return undefined
  return { state: await surroundings.states.of(config), onStateError: onStateErrorOf(config) }
}

const notForKind = ({ roles }: Route, settings: readonly string[], kind: Kind): AnyModelError =>
  new AnyModelError(
    'config',
    `The role ${roles[0]} sets ${settings.join(', ')}, which models of the kind ${kind} do not follow in this version. Take that out of the config.`,
  )
