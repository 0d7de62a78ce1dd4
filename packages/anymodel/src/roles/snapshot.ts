import {
  AnyModelError,
  type CodeModel,
  type FailoverOptions,
  type RetryOptions,
  type TextModel,
  type TimeoutOptions,
  type TuningOptions,
  withFallback,
  withRetry,
  withTimeout,
} from '@anymodel/core'
import type { LoadProgress } from '@anymodel/onnx'
import type { CheckedConfig, TypedProvider } from '../config/check.ts'
import type { ProviderType } from '../config/config.ts'
import { listProviders, providerEntry } from '../config/names.ts'
import { withDefaults } from './defaults.ts'
import { type AnyKindOfModel, isModel, isOfKind, type Kind, kinds, type Models } from './kinds.ts'
import { type Provider, providerSources } from './providers.ts'
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

/** What outlives a snapshot. */
export interface Surroundings {
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  /** Providers that were set up, by their entry: an edit elsewhere in the config does not load a local model anew. */
  readonly opened: Map<string, Provider>
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
        const given = isBalanced ? [...route.given, 'balance' as const] : route.given
        const unheard = given.filter((one) => !followed(kind).includes(one))
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
const followed = (kind: Kind): readonly (TextSetting | 'balance')[] =>
  kind === 'code' ? ['defaults', 'timeouts', 'retry', 'cooldown'] : ['retry', 'cooldown']

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
  const { total } = route.timeouts
  return (kind === 'code' && total !== undefined ? withTimeout(attempts, { total }) : attempts) as Models[K]
}

async function settleKindLeg<K extends Kind>(kind: K, leg: Leg, setting: Setting): Promise<Models[K]> {
  const { model, type } = await find(kind, leg, setting)
  if (!isOfKind(model, 'code')) return model
  const { total: _total, ...clocks } = clocksFor(type, leg.timeouts)
  return withDefaults(withTimeout(model, clocks), leg.defaults) as Models[K]
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

interface Setting {
  /** What was asked for. */
  readonly name: string
  readonly config: CheckedConfig
  readonly surroundings: Surroundings
}

/** The text model of a route, with what the route gives it. The clock `total` is for all attempts together, the others are for each. */
async function settleText(route: Route, setting: Setting): Promise<TextModel> {
  const { fallback, retry, timeouts } = route
  const attempts = fallback
    ? await withOthers(route, fallback, setting)
    : withRetry(await settleLeg(route, setting), retry)
  return timeouts.total === undefined ? attempts : withTimeout(attempts, { total: timeouts.total })
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
  const { total: _total, ...clocks } = clocksFor(type, leg.timeouts)
  const to = leg.hedge && (await settleLeg(leg.hedge.to, setting))
  return routed(withDefaults(withTimeout(model, clocks), leg.defaults), leg, to)
}

interface Found<K extends Kind> {
  readonly model: Models[K]
  /** Absent for a model made by hand. */
  readonly type?: ProviderType
}

/** The model of a kind at the end of a way. */
async function find<K extends Kind>(kind: K, route: Leg, setting: Setting): Promise<Found<K>> {
  const { model } = route
  if (isOfKind(model, kind)) return { model }
  if (isModel(model))
    throw noneOfKind(
      kind,
      setting.name,
      kinds.filter((other) => isOfKind(model, other)),
    )
  const provider = await providerOf(model.provider, route, setting)
  const open = provider[kind] as ((id: string) => Models[K]) | undefined
  if (!open)
    throw noneOfKind(
      kind,
      model.provider,
      kinds.filter((other) => provider[other]),
    )
  return { model: open(model.id), type: entryOf(model.provider, setting).type }
}

const noneOfKind = (kind: Kind, who: string, has: readonly Kind[]): AnyModelError =>
  new AnyModelError(
    'config',
    `"${who}" has no ${kind} model: it has ${has.join(', ')}. Name another provider or role for this call.`,
  )

const notForKind = ({ roles }: Route, settings: readonly string[], kind: Kind): AnyModelError =>
  new AnyModelError(
    'config',
    `The role ${roles[0]} sets ${settings.join(', ')}, which models of the kind ${kind} do not follow in this version. Take that out of the config.`,
  )

/** Local models have no connection to wait for, so that a role may go from hosted to local in one line. */
function clocksFor(type: ProviderType | undefined, timeouts: TimeoutOptions): TimeoutOptions {
  if (type === undefined) return timeouts
  if (type !== 'onnx') return { connect: 10_000, ...timeouts }
  const { connect: _connect, headers: _headers, ...local } = timeouts
  return local
}

async function providerOf(name: string, { roles }: Leg, setting: Setting): Promise<Provider> {
  const entry = entryOf(name, setting)
  const { opened, onProgress } = setting.surroundings
  const { dir } = setting.config
  const key = JSON.stringify([name, dir, entry])
  const open = await providerSources[entry.type].load()
  // Looked up after the import: of two requests that come at once, the second finds what the first set up.
  const known = opened.get(key)
  if (known) return known
  const asker = roles[0] === undefined ? `The model ${setting.name}` : `The role ${roles[0]}`
  const provider = open(entry, { name, asker, dir, onProgress })
  opened.set(key, provider)
  return provider
}

const entryOf = (name: string, { config }: Setting): TypedProvider =>
  providerEntry(config, name) ?? noProvider(name, config)

function noProvider(name: string, config: CheckedConfig): never {
  const message = `There is no provider "${name}" in ${config.name}.${listProviders(config, name)}`
  throw new AnyModelError('config', message, { provider: name })
}
