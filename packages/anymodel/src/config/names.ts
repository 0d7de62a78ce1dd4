import { type AnyKindOfModel, isModel } from '../roles/kinds.ts'
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
export const impliedTypes: readonly ProviderType[] = providerTypes.filter(
  (type) => type !== 'openai-compatible' && type !== 'midjourney',
)

/** The entry of a provider; a type that needs no settings has one without being in the config. */
export function providerEntry({ providers }: CheckedConfig, name: string): TypedProvider | undefined {
  if (Object.hasOwn(providers, name)) return providers[name]
  const type = impliedTypes.find((type) => type === name)
  // The compiler compares unions one by one up to 25 members; there are more services.
  return type && ({ type } as TypedProvider)
}

/** What the grammar can't say: names that are malformed, lead nowhere, or lead in circles. `written` is the config as it stands in the file. */
export function checkNames(config: CheckedConfig, written: Config): Problem[] {
  const providers = Object.keys(config.providers).flatMap((name) => malformed(['providers', name]))
  const roles = Object.keys(config.models).flatMap((role) => [
    ...malformed(['models', role]),
    ...placedTargets(config, role, written)
      .flatMap(placedEnds)
      .flatMap((placed) => checkEnd(config, placed)),
    ...checkCircle(config, role, written),
    ...checkBudget(config, role),
  ])
  const budgets = Object.entries(config.budgets).flatMap(([name, { onExceed = 'error' }]) => [
    ...malformed(['budgets', name]),
    ...(onExceed === 'error' ? [] : checkEnd(config, { end: onExceed, path: ['budgets', name, 'onExceed'] })),
  ])
  return [...providers, ...roles, ...budgets]
}

function checkBudget({ models, budgets }: CheckedConfig, role: string): Problem[] {
  const name = models[role]?.budget
  if (name === undefined || Object.hasOwn(budgets, name)) return []
  const known = Object.keys(budgets)
  const there = known.length > 0 ? `There are ${known.join(', ')}.` : 'There are none.'
  const message = `names the budget ${name}, which is not there.${suggestion(name, known)} ${there}`
  return [{ path: ['models', role, 'budget'], message }]
}

function malformed(path: readonly [string, string]): Problem[] {
  const [kind, name] = path
  if (!namePattern.test(name))
    return [{ path, of: 'key', message: 'is not a name: use letters, digits, dots, hyphens and underscores.' }]
  const taken = kind === 'models' ? takenVariables[name.toLowerCase()] : undefined
  if (taken) return [{ path, of: 'key', message: `can't be a role: ANYMODEL_${name.toUpperCase()} names ${taken}.` }]
  return []
}

/** Where a target ends: at a model or at a role. */
type End = string | AnyKindOfModel | { readonly role: string }

interface PlacedTarget {
  readonly target: Target
  readonly path: ConfigPath
}

interface PlacedEnd {
  readonly end: End
  readonly path: ConfigPath
}

/** The ends of a target, with where they stand. */
function placedEnds({ target, path }: PlacedTarget): PlacedEnd[] {
  if (typeof target === 'string' || isModel(target)) return [{ end: target, path }]
  if ('of' in target) return target.of.flatMap((entry, at) => placedEnds({ target: entry, path: [...path, 'of', at] }))
  const { role, model } = target
  return [role === undefined ? { end: model as End, path: [...path, 'model'] } : { end: { role }, path }]
}

/** Every target that a role names, with where it stands. */
function placedTargets(config: CheckedConfig, role: string, written: Config): PlacedTarget[] {
  const settings = config.models[role] as RoleSettings
  const lists = failureLists.flatMap((key) => {
    const list = settings[key] ?? 'error'
    return list === 'error' ? [] : list.map((target, at) => ({ target, path: ['models', role, key, at] }))
  })
  const hedge = settings.hedge ? [{ target: settings.hedge.to as Target, path: ['models', role, 'hedge', 'to'] }] : []
  const embedding = settings.cache?.embedding
  const compares = embedding ? [{ target: embedding as Target, path: ['models', role, 'cache', 'embedding'] }] : []
  return [...placedUse(settings, role, written), ...lists, ...hedge, ...compares]
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

function checkEnd(config: CheckedConfig, { end, path }: PlacedEnd): Problem[] {
  if (typeof end === 'string') {
    if (hasVariable(end)) return []
    const { provider } = splitName(end)
    return providerEntry(config, provider)
      ? []
      : [{ path, message: `names the provider ${provider}, which is not there.${listProviders(config, provider)}` }]
  }
  if (!('role' in end) || Object.hasOwn(config.models, end.role)) return []
  const roles = Object.keys(config.models)
  return [
    {
      path,
      message: `names the role ${end.role}, which is not there.${suggestion(end.role, roles)} There are ${roles.join(', ')}.`,
    },
  ]
}

/** By `use` alone: the other lists are not followed further. */
function checkCircle(config: CheckedConfig, role: string, written: Config): Problem[] {
  const ends = placedUse(config.models[role] as RoleSettings, role, written).flatMap(placedEnds)
  return ends.flatMap(({ end, path }) => {
    const way = roleOf(end)
    const circle = way === undefined ? undefined : wayBack(config, way, role, [role])
    return circle ? [{ path, message: `leads in a circle: ${circle.join(' -> ')}.` }] : []
  })
}

const roleOf = (end: End): string | undefined => (typeof end === 'object' && 'role' in end ? end.role : undefined)

/** The roles from one to another, if it leads there. */
function wayBack({ models }: CheckedConfig, from: string, to: string, before: readonly string[]): string[] | undefined {
  if (from === to) return [...before, to]
  const settings = Object.hasOwn(models, from) ? models[from] : undefined
  if (!settings || before.includes(from)) return undefined
  for (const { end } of targetsOf(settings).flatMap((target) => placedEnds({ target, path: [] }))) {
    const role = roleOf(end)
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
