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

/** The one target of a role. */
export const targetOf = ({ use }: RoleSettings): Target => (Array.isArray(use) ? use[0] : use) as Target

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
    ...checkTarget(config, role, targetPath(role, written)),
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

/** Where a role's target stands, in the short or the long form. */
function targetPath(role: string, { models }: Config): ConfigPath {
  const written = models?.[role]
  if (typeof written !== 'object' || !('use' in written)) return ['models', role]
  return ['models', role, 'use', ...(Array.isArray(written.use) ? [0] : [])]
}

function checkTarget(config: CheckedConfig, role: string, path: ConfigPath): Problem[] {
  const target = targetOf(config.models[role] as RoleSettings)
  if (typeof target === 'string') {
    if (hasVariable(target)) return []
    const { provider } = splitName(target)
    return providerEntry(config, provider)
      ? []
      : [{ path, message: `names the provider ${provider}, which is not there.${listProviders(config, provider)}` }]
  }
  if (!('role' in target)) return []
  if (!Object.hasOwn(config.models, target.role)) {
    const roles = Object.keys(config.models)
    return [
      {
        path,
        message: `names the role ${target.role}, which is not there.${suggestion(target.role, roles)} There are ${roles.join(', ')}.`,
      },
    ]
  }
  const circle = circleFrom(config, role)
  return circle ? [{ path, message: `leads in a circle: ${circle.join(' -> ')}.` }] : []
}

/** The roles that lead back to the first one, if they do. */
function circleFrom({ models }: CheckedConfig, first: string): string[] | undefined {
  const seen = [first]
  for (let role = first; ; ) {
    const settings = models[role]
    const target = settings && targetOf(settings)
    if (typeof target !== 'object' || !('role' in target)) return undefined
    role = target.role
    if (role === first) return [...seen, role]
    if (seen.includes(role)) return undefined
    seen.push(role)
  }
}

/** " Did you mean x? There are ..." */
export function listProviders({ providers }: CheckedConfig, wanted: string): string {
  const known = [...new Set([...Object.keys(providers), ...impliedTypes])]
  return `${suggestion(wanted, known)} There are ${known.join(', ')}.`
}
