import { AnyModelError, type RetryOptions, type TimeoutOptions, type TuningOptions } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import type { RetryConfig, RoleSettings, TimeoutConfig } from '../config/config.ts'
import { toMs } from '../config/duration.ts'
import { splitName, targetOf } from '../config/names.ts'
import { suggestion } from '../config/suggest.ts'
import { expand } from '../config/variables.ts'
import type { AnyKindOfModel } from './kinds.ts'

const textSettings = ['defaults', 'timeouts', 'retry'] as const

/** Settings of a role that not all kinds of models follow. */
export type TextSetting = (typeof textSettings)[number]

interface ModelName {
  readonly provider: string
  readonly id: string
}

/** The way from a name to the model that answers for it. */
export interface Route {
  /** The roles on the way, the one that was asked for first; empty for `provider/model`. */
  readonly roles: readonly string[]
  /** The environment variable that the model comes from, when it is not from the config. */
  readonly overriddenBy?: string
  /** The model as it is named, or made by hand. */
  readonly model: ModelName | AnyKindOfModel
  /** Which of the following the config sets itself. */
  readonly given: readonly TextSetting[]
  readonly defaults: TuningOptions
  readonly timeouts: TimeoutOptions
  readonly retry: RetryOptions
}

/** Clocks of every role, unless its settings say otherwise; hosted models also get `connect` (`snapshot.ts`). Reasoning models think for minutes before they say anything. */
const defaultTimeouts: TimeoutOptions = { firstContent: 180_000, idle: 120_000, total: 900_000 }

/** Follows a role (or a `provider/model`) to its model. Settings of a role that refers to another one win over those of the other. Throws `config` for a name that leads nowhere. */
export function toRoute(config: CheckedConfig, name: string): Route {
  const roles: string[] = []
  const chain: RoleSettings[] = []
  for (let role = name; ; ) {
    const override = overrideOf(role)
    const settings = settingsOf(config, role)
    if (!settings && !override) return finish(config, nameOrFail(config, role), { roles, chain })
    roles.push(role)
    if (settings) chain.push(settings)
    const target = override?.target ?? targetOf(settings as RoleSettings)
    if (typeof target === 'object' && 'role' in target) {
      role = target.role
      continue
    }
    return finish(config, target, { roles, chain, ...(override ? { overriddenBy: override.by } : {}) })
  }
}

const settingsOf = ({ models }: CheckedConfig, role: string): RoleSettings | undefined =>
  Object.hasOwn(models, role) ? models[role] : undefined

interface Way {
  readonly roles: readonly string[]
  readonly chain: readonly RoleSettings[]
  readonly overriddenBy?: string
}

function finish(config: CheckedConfig, target: string | AnyKindOfModel, { chain, ...way }: Way): Route {
  const merged = <K extends TextSetting>(key: K) =>
    Object.assign({}, ...chain.map((settings) => settings[key] ?? {}).reverse()) as NonNullable<RoleSettings[K]>
  return {
    ...way,
    model: typeof target === 'string' ? toModelName(config, target, way) : target,
    given: textSettings.filter((key) => chain.some((settings) => settings[key] !== undefined)),
    defaults: merged('defaults'),
    timeouts: { ...defaultTimeouts, ...inMs(merged('timeouts')) },
    retry: retryOptions(merged('retry')),
  }
}

function toModelName(config: CheckedConfig, name: string, { roles, overriddenBy }: Omit<Way, 'chain'>): ModelName {
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

const retryOptions = ({ attempts = 3, maxWait = '20s' }: RetryConfig): RetryOptions => ({
  attempts,
  maxWait: toMs(maxWait),
})
