import type { CheckedConfig, TypedProvider } from './check.ts'
import { type Config, type ProviderType, providerTypes, type RoleSettings, type Target } from './config.ts'
import type { Problem } from './problem.ts'
import type { ConfigPath } from './source.ts'
import { suggestion } from './suggest.ts'
import { hasVariable } from './variables.ts'

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** What variables mean that a role of their name would have. */
const takenVariables: Readonly<Record<string, string | undefined>> = {
  config: 'the config file',
  cache: 'the folder of downloaded models',
}

/** The targets of a role, in order of preference. */
export const targetsOf = ({ use }: RoleSettings): readonly Target[] =>
  Array.isArray(use) ? (use as readonly Target[]) : [use as Target]

/** The lists of targets for single failures; one that is `error` has none. */
export const failureLists = ['onContextOverflow', 'onContentFilter'] as const

/** The two halves of `provider/model`; a model's id may hold further slashes. */
export function splitName(name: string): { readonly provider: string; readonly model: string } {
  const slash = name.indexOf('/')
  return slash < 0 ? { provider: '', model: name } : { provider: name.slice(0, slash), model: name.slice(slash + 1) }
}

/** Provider types that work without settings of their own. */
export const impliedTypes: readonly ProviderType[] = providerTypes.filter((type) => type !== 'openai-compatible')

/** The entry of a provider; a type that needs no settings has one without being in the config. */
export function providerEntry({ providers }: CheckedConfig, name: string): TypedProvider | undefined {
  if (Object.hasOwn(providers, name)) return providers[name]
  const type = impliedTypes.find((type) => type === name)
  return type && { type }
}

/** What the grammar can't say: names that are malformed, lead nowhere, or lead in circles. `written` is the config as it stands in the file. */
export function checkNames(config: CheckedConfig, written: Config): Problem[] {
  const providers = Object.keys(config.providers).flatMap((name) => malformed(['providers', name]))
  const roles = Object.keys(config.models).flatMap((role) => [
    ...malformed(['models', role]),
    ...placedTargets(config, role, written).flatMap(({ target, path }) => checkTarget(config, target, path)),
    ...checkCircle(config, role, written),
  ])
  return [...providers, ...roles]
}

function malformed(path: readonly [string, string]): Problem[] {
  const [kind, name] = path
  if (!namePattern.test(name))
    return [{ path, of: 'key', message: 'is not a name: use letters, digits, dots, hyphens and underscores.' }]
  const taken = kind === 'models' ? takenVariables[name.toLowerCase()] : undefined
  if (taken) return [{ path, of: 'key', message: `can't be a role: ANYMODEL_${name.toUpperCase()} names ${taken}.` }]
  return []
}

interface PlacedTarget {
  readonly target: Target
  readonly path: ConfigPath
}

/** Every target that a role names, with where it stands. */
function placedTargets(config: CheckedConfig, role: string, written: Config): PlacedTarget[] {
  const settings = config.models[role] as RoleSettings
  const lists = failureLists.flatMap((key) => {
    const list = settings[key] ?? 'error'
    return list === 'error' ? [] : list.map((target, at) => ({ target, path: ['models', role, key, at] }))
  })
  return [...placedUse(settings, role, written), ...lists]
}

/** Those of `use`, in the short or the long form. */
function placedUse(settings: RoleSettings, role: string, { models }: Config): PlacedTarget[] {
  const written = models?.[role]
  const isLong = typeof written === 'object' && 'use' in written
  return targetsOf(settings).map((target, at) => ({
    target,
    path: ['models', role, ...(isLong ? ['use', ...(Array.isArray(written.use) ? [at] : [])] : [])],
  }))
}

function checkTarget(config: CheckedConfig, target: Target, path: ConfigPath): Problem[] {
  if (typeof target === 'string') {
    if (hasVariable(target)) return []
    const { provider } = splitName(target)
    return providerEntry(config, provider)
      ? []
      : [{ path, message: `names the provider ${provider}, which is not there.${listProviders(config, provider)}` }]
  }
  if (!('role' in target)) return []
  if (Object.hasOwn(config.models, target.role)) return []
  const roles = Object.keys(config.models)
  return [
    {
      path,
      message: `names the role ${target.role}, which is not there.${suggestion(target.role, roles)} There are ${roles.join(', ')}.`,
    },
  ]
}

/** By `use` alone: the other lists are not followed further. */
function checkCircle(config: CheckedConfig, role: string, written: Config): Problem[] {
  return placedUse(config.models[role] as RoleSettings, role, written).flatMap(({ target, path }) => {
    const way = roleOf(target)
    const circle = way === undefined ? undefined : wayBack(config, way, role, [role])
    return circle ? [{ path, message: `leads in a circle: ${circle.join(' -> ')}.` }] : []
  })
}

const roleOf = (target: Target): string | undefined =>
  typeof target === 'object' && 'role' in target ? target.role : undefined

/** The roles from one to another, if it leads there. */
function wayBack({ models }: CheckedConfig, from: string, to: string, before: readonly string[]): string[] | undefined {
  if (from === to) return [...before, to]
  const settings = Object.hasOwn(models, from) ? models[from] : undefined
  if (!settings || before.includes(from)) return undefined
  for (const target of targetsOf(settings)) {
    const role = roleOf(target)
    const way = role === undefined ? undefined : wayBack({ models } as CheckedConfig, role, to, [...before, from])
    if (way) return way
  }
  return undefined
}

/** " Did you mean x? There are ..." */
export function listProviders({ providers }: CheckedConfig, wanted: string): string {
  const known = [...new Set([...Object.keys(providers), ...impliedTypes])]
  return `${suggestion(wanted, known)} There are ${known.join(', ')}.`
}
