import {
  AnyModelError,
  type FallbackOptions,
  type HedgeOptions,
  type RetryOptions,
  type TimeoutOptions,
  type TuningOptions,
} from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import type { RetryConfig, RoleSettings, Target, TimeoutConfig } from '../config/config.ts'
import { toMs } from '../config/duration.ts'
import type { CacheConfig } from '../config/limits-config.ts'
import { failureLists, splitName, targetsOf } from '../config/names.ts'
import type { BalanceConfig, BalanceEntry, WhenConfig } from '../config/routing-config.ts'
import { suggestion } from '../config/suggest.ts'
import { expand } from '../config/variables.ts'
import { type AnyKindOfModel, isModel } from './kinds.ts'
import { type Limiting, type TargetLimits, toLimiting } from './limiting.ts'
import { type Place, type Routing, toHedge, toHolding, toRouting } from './routing.ts'

const textSettings = [
  'defaults',
  'timeouts',
  'retry',
  'onBreak',
  ...failureLists,
  'when',
  'breaker',
  'hedge',
  'hold',
  'cooldown',
  'budget',
  'cache',
] as const

/** Settings of a role that not all kinds of models follow. */
export type TextSetting = (typeof textSettings)[number]

interface ModelName {
  readonly provider: string
  readonly id: string
}

/** The way from a name to a model. */
export interface Leg extends Routing, Limiting {
  /** The roles on the way, the one that was asked for first; empty for `provider/model`. */
  readonly roles: readonly string[]
  /** The environment variable that the model comes from, when it is not from the config. */
  readonly overriddenBy?: string
  /** The model as it is named, or made by hand. */
  readonly model: ModelName | AnyKindOfModel
  readonly defaults: TuningOptions
  readonly timeouts: TimeoutOptions
  /** Who is asked besides when it is slow to begin. */
  readonly hedge?: Pick<HedgeOptions, 'after' | 'maxExtra'> & { readonly to: Leg }
}

/** The way from a name to the model that answers for it. */
export interface Route extends Leg {
  /** Which of the following the config sets itself. */
  readonly given: readonly TextSetting[]
  /** How often one model is asked. */
  readonly retry: RetryOptions
  /** Which answers are kept. */
  readonly cache?: CacheConfig
  /** Who else may answer, and when. Absent where nobody else may and a broken answer is an error. */
  readonly fallback?: Fallback
}

export interface Fallback extends Pick<FallbackOptions, 'hold' | 'cooldown'> {
  readonly onBreak: 'error' | 'restart' | 'continue'
  /** When the first model fails, in this order. */
  readonly others: readonly Leg[]
  readonly larger: readonly Leg[]
  readonly unfiltered: readonly Leg[]
}

/**
 * Follows a role (or a `provider/model`) to its model, and to those that may answer in its place. Settings of a role that refers to another one win over those of the other; of what is for the whole
 * call (`retry`, `onBreak`, the lists), those on the way to the first model count. Throws `config` for a name that leads nowhere.
 */
export function toRoute(config: CheckedConfig, name: string): Route {
  const [first, ...others] = waysFrom(config, name, { roles: [], chain: [] })
  if (!first) throw new Error('unreachable: a role has a target')
  const { chain } = first
  const nearest = <K extends 'onBreak' | 'onContextOverflow' | 'onContentFilter' | 'hold' | 'cooldown'>(key: K) =>
    chain.find((settings) => settings[key] !== undefined)?.[key]
  const listed = (key: (typeof failureLists)[number]): Leg[] => {
    const targets = nearest(key) ?? 'error'
    const way = { roles: first.roles.slice(0, 1), chain: chain.slice(0, 1) }
    return targets === 'error' ? [] : targets.flatMap((target) => waysTo(config, target, way)).map(toLeg(config))
  }
  const fallback = {
    onBreak: nearest('onBreak') ?? 'error',
    others: others.map(toLeg(config)),
    larger: listed('onContextOverflow'),
    unfiltered: listed('onContentFilter'),
    ...toHolding(nearest('hold'), nearest('cooldown')),
  }
  const isAlone = [fallback.others, fallback.larger, fallback.unfiltered].every((legs) => legs.length === 0)
  const cache = chain.find((settings) => settings.cache)?.cache
  const leg = toLeg(config)(first)
  const isPlain = fallback.onBreak === 'error' && !fallback.hold && fallback.cooldown === undefined && !leg.hedge
  return {
    ...leg,
    given: textSettings.filter((key) => chain.some((settings) => settings[key] !== undefined)),
    retry: retryOptions(merged(chain, 'retry'), isAlone ? 3 : 2),
    ...(cache ? { cache } : {}),
    ...(isAlone && isPlain ? {} : { fallback }),
  }
}

/** Roles and their settings on a way, and where it ends. */
interface Way {
  readonly roles: readonly string[]
  readonly chain: readonly RoleSettings[]
  /** What targets on the way ask of a call. */
  readonly when?: readonly WhenConfig[]
  readonly place?: Place
}

interface WholeWay extends Way {
  readonly target: string | AnyKindOfModel
  readonly overriddenBy?: string
  readonly limits?: TargetLimits
}

/** All ways from a role or a `provider/model`, in order of preference. A variable that overrides a role is its only target. */
function waysFrom(config: CheckedConfig, role: string, { roles, chain, ...rest }: Way): WholeWay[] {
  const override = overrideOf(role)
  const settings = settingsOf(config, role)
  if (!settings && !override) return [{ roles, chain, ...rest, target: nameOrFail(config, role) }]
  const way = { ...rest, roles: [...roles, role], chain: settings ? [...chain, settings] : chain }
  if (override) return [{ ...way, target: override.target, overriddenBy: override.by }]
  return targetsOf(settings as RoleSettings).flatMap((target) => waysTo(config, target, way))
}

function waysTo(config: CheckedConfig, target: Target | BalanceEntry, way: Way): WholeWay[] {
  if (typeof target === 'string' || isModel(target)) return [{ ...way, target }]
  if ('of' in target) return target.of.flatMap((entry) => waysTo(config, entry, placed(way, target, entry)))
  const { role, model, when } = target
  const on = when ? { ...way, when: [...(way.when ?? []), when] } : way
  if (role !== undefined) return waysFrom(config, role, on)
  return [{ ...on, target: model as string | AnyKindOfModel, limits: target }]
}

/** A balance on the way to another one is taken apart: the outer one chooses from all. */
function placed(way: Way, balance: BalanceConfig, entry: BalanceConfig['of'][number]): Way {
  if (way.place) return way
  const { weight, price } = typeof entry === 'string' || isModel(entry) ? ({} as BalanceEntry) : entry
  const known = { ...(weight === undefined ? {} : { weight }), ...(price ? { price } : {}) }
  return { ...way, place: { in: balance, ...known } }
}

const settingsOf = ({ models }: CheckedConfig, role: string): RoleSettings | undefined =>
  Object.hasOwn(models, role) ? models[role] : undefined

const merged = <K extends 'defaults' | 'timeouts' | 'retry'>(chain: readonly RoleSettings[], key: K) =>
  Object.assign({}, ...chain.map((settings) => settings[key] ?? {}).reverse()) as NonNullable<RoleSettings[K]>

const toLeg =
  (config: CheckedConfig) =>
  ({ target, chain, roles, overriddenBy, limits = {}, ...way }: WholeWay): Leg => {
    const model = typeof target === 'string' ? toModelName(config, target, { roles, ...way }, overriddenBy) : target
    const hedge = chain.find((settings) => settings.hedge)?.hedge
    return {
      roles,
      ...(overriddenBy === undefined ? {} : { overriddenBy }),
      model,
      defaults: merged(chain, 'defaults'),
      timeouts: inMs(merged(chain, 'timeouts')),
      ...toRouting(chain, way),
      ...toLimiting(config, chain, limits, model),
      ...(hedge ? { hedge: { ...toHedge(hedge), to: hedgeLeg(config, hedge.to, { roles, chain }) } } : {}),
    }
  }

/** Who is asked besides: the first model of a role, and never a third. */
function hedgeLeg(config: CheckedConfig, to: NonNullable<RoleSettings['hedge']>['to'], way: Way): Leg {
  const [first] = waysTo(config, to, { roles: way.roles.slice(0, 1), chain: way.chain.slice(0, 1) })
  if (!first) throw new Error('unreachable: a role has a target')
  const {
    hedge: _hedge,
    place: _place,
    ...leg
  } = toLeg(config)({
    ...first,
    chain: first.chain.map(({ hedge: _none, when: _when, ...settings }) => settings),
  })
  return leg
}

function toModelName(
  config: CheckedConfig,
  name: string,
  { roles }: Pick<Way, 'roles'>,
  overriddenBy: string | undefined,
): ModelName {
  const asker = `The role ${roles.at(-1) ?? name}`
  const expanded = expand(name, { needed: `${asker} needs its model`, dir: config.dir })
  const { provider, model } = splitName(expanded)
  if (provider !== '' && model !== '') return { provider, id: model }
  throw new AnyModelError('config', `${overriddenBy ?? asker} must be provider/model, not "${expanded}".`)
}

/** A name that is no role. */
function nameOrFail(config: CheckedConfig, name: string): string {
  if (name.includes('/')) return name
  const roles = Object.keys(config.models)
  const there = roles.length > 0 ? `There are ${roles.join(', ')}` : 'It has no roles'
  throw new AnyModelError(
    'config',
    `There is no role "${name}" in ${config.name}.${suggestion(name, roles)} ${there}; a model can also be named as provider/model.`,
  )
}

function overrideOf(role: string): { target: string; by: string } | undefined {
  const by = variableOf(role)
  const target = role.includes('/') ? undefined : process.env[by]
  return target ? { target, by } : undefined
}

/** The environment variable that overrides a role: `ANYMODEL_COVER_IMAGE` for `cover-image`. */
const variableOf = (role: string): string => `ANYMODEL_${role.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`

const inMs = (timeouts: TimeoutConfig): TimeoutOptions =>
  Object.fromEntries(Object.entries(timeouts).map(([clock, duration]) => [clock, toMs(duration)]))

const retryOptions = ({ attempts, maxWait = '20s' }: RetryConfig, usual: number): RetryOptions => ({
  attempts: attempts ?? usual,
  maxWait: toMs(maxWait),
})
