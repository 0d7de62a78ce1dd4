import { AnyModelError, type RetryOptions, type TimeoutOptions, type TuningOptions } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import type { RetryConfig, RoleSettings, Target, TimeoutConfig } from '../config/config.ts'
import { toMs } from '../config/duration.ts'
import { failureLists, splitName, targetsOf } from '../config/names.ts'
import { suggestion } from '../config/suggest.ts'
import { expand } from '../config/variables.ts'
import type { AnyKindOfModel } from './kinds.ts'

const textSettings = ['defaults', 'timeouts', 'retry', 'onBreak', ...failureLists] as const

/** Settings of a role that not all kinds of models follow. */
export type TextSetting = (typeof textSettings)[number]

interface ModelName {
  readonly provider: string
  readonly id: string
}

/** The way from a name to a model. */
export interface Leg {
  /** The roles on the way, the one that was asked for first; empty for `provider/model`. */
  readonly roles: readonly string[]
  /** The environment variable that the model comes from, when it is not from the config. */
  readonly overriddenBy?: string
  /** The model as it is named, or made by hand. */
  readonly model: ModelName | AnyKindOfModel
  readonly defaults: TuningOptions
  readonly timeouts: TimeoutOptions
}

/** The way from a name to the model that answers for it. */
export interface Route extends Leg {
  /** Which of the following the config sets itself. */
  readonly given: readonly TextSetting[]
  /** How often one model is asked. */
  readonly retry: RetryOptions
  /** Who else may answer, and when. Absent where nobody else may and a broken answer is an error. */
  readonly fallback?: Fallback
}

export interface Fallback {
  readonly onBreak: 'error' | 'restart' | 'continue'
  /** When the first model fails, in this order. */
  readonly others: readonly Leg[]
  readonly larger: readonly Leg[]
  readonly unfiltered: readonly Leg[]
}

/** Clocks of every role, unless its settings say otherwise; hosted models also get `connect` (`snapshot.ts`). Reasoning models think for minutes before they say anything. */
const defaultTimeouts: TimeoutOptions = { firstContent: 180_000, idle: 120_000, total: 900_000 }

/**
 * Follows a role (or a `provider/model`) to its model, and to those that may answer in its place. Settings of a role that refers to another one win over those of the other; of what is for the whole
 * call (`retry`, `onBreak`, the lists), those on the way to the first model count. Throws `config` for a name that leads nowhere.
 */
export function toRoute(config: CheckedConfig, name: string): Route {
  const [first, ...others] = waysFrom(config, name, { roles: [], chain: [] })
  if (!first) throw new Error('unreachable: a role has a target')
  const { chain } = first
  const nearest = <K extends 'onBreak' | 'onContextOverflow' | 'onContentFilter'>(key: K) =>
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
  }
  const isAlone = [fallback.others, fallback.larger, fallback.unfiltered].every((legs) => legs.length === 0)
  return {
    ...toLeg(config)(first),
    given: textSettings.filter((key) => chain.some((settings) => settings[key] !== undefined)),
    retry: retryOptions(merged(chain, 'retry'), isAlone ? 3 : 2),
    ...(isAlone && fallback.onBreak === 'error' ? {} : { fallback }),
  }
}

/** Roles and their settings on a way, and where it ends. */
interface Way {
  readonly roles: readonly string[]
  readonly chain: readonly RoleSettings[]
}

interface WholeWay extends Way {
  readonly target: string | AnyKindOfModel
  readonly overriddenBy?: string
}

/** All ways from a role or a `provider/model`, in order of preference. A variable that overrides a role is its only target. */
function waysFrom(config: CheckedConfig, role: string, { roles, chain }: Way): WholeWay[] {
  const override = overrideOf(role)
  const settings = settingsOf(config, role)
  if (!settings && !override) return [{ roles, chain, target: nameOrFail(config, role) }]
  const way = { roles: [...roles, role], chain: settings ? [...chain, settings] : chain }
  if (override) return [{ ...way, target: override.target, overriddenBy: override.by }]
  return targetsOf(settings as RoleSettings).flatMap((target) => waysTo(config, target, way))
}

const waysTo = (config: CheckedConfig, target: Target, way: Way): WholeWay[] =>
  typeof target === 'object' && 'role' in target ? waysFrom(config, target.role, way) : [{ ...way, target }]

const settingsOf = ({ models }: CheckedConfig, role: string): RoleSettings | undefined =>
  Object.hasOwn(models, role) ? models[role] : undefined

const merged = <K extends 'defaults' | 'timeouts' | 'retry'>(chain: readonly RoleSettings[], key: K) =>
  Object.assign({}, ...chain.map((settings) => settings[key] ?? {}).reverse()) as NonNullable<RoleSettings[K]>

const toLeg =
  (config: CheckedConfig) =>
  ({ target, chain, ...way }: WholeWay): Leg => ({
    ...way,
    model: typeof target === 'string' ? toModelName(config, target, way) : target,
    defaults: merged(chain, 'defaults'),
    timeouts: { ...defaultTimeouts, ...inMs(merged(chain, 'timeouts')) },
  })

function toModelName(
  config: CheckedConfig,
  name: string,
  { roles, overriddenBy }: Omit<WholeWay, 'chain' | 'target'>,
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
