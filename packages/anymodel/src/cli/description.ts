import { isAnyModelError } from '@anymodel/core'
import type { CheckedConfig, TypedProvider } from '../config/check.ts'
import type { HostedProvider, LocalProvider } from '../config/config.ts'
import { providerEntry } from '../config/names.ts'
import { missingVariables } from '../config/variables.ts'
import { isModel } from '../roles/kinds.ts'
import { providerSources } from '../roles/providers.ts'
import { type Leg, toRoute } from '../roles/route.ts'
import { routeText } from './route-text.ts'

/** What a config comes to, for people and programs; never a secret. */
export interface Description {
  /** The file, or `null` when there is none. */
  readonly config: string | null
  readonly roles: readonly RoleDescription[]
  readonly providers: readonly ProviderDescription[]
}

interface RoleDescription {
  readonly role: string
  /** The way to the model: `chat -> small -> local/x`, and who else may answer. */
  readonly route: string
  /** What keeps it from working now. */
  readonly problem?: string
}

interface ProviderDescription {
  readonly name: string
  readonly type: string
  /** Where its key comes from, or its folder. */
  readonly from: string
  readonly problem?: string
}

export function describe(config: CheckedConfig): Description {
  return {
    config: config.file ?? null,
    roles: Object.keys(config.models).map((role) => describeRole(config, role)),
    providers: Object.entries(config.providers).map(([name, entry]) => ({
      name,
      type: entry.type,
      ...credential(entry),
    })),
  }
}

function describeRole(config: CheckedConfig, role: string): RoleDescription {
  try {
    const { fallback, ...first } = toRoute(config, role)
    const legs = [first, ...(fallback ? [...fallback.others, ...fallback.larger, ...fallback.unfiltered] : [])]
    const problem = legs.map((leg) => legProblem(config, leg)).find(Boolean)
    return { role, route: routeText(first, fallback), ...(problem ? { problem } : {}) }
  } catch (error) {
    if (isAnyModelError(error)) return { role, route: role, problem: error.message }
    throw error
  }
}

const legProblem = (config: CheckedConfig, { model }: Leg): string | undefined =>
  isModel(model) ? undefined : providerProblem(config, model.provider)

function providerProblem(config: CheckedConfig, name: string): string | undefined {
  const entry = providerEntry(config, name)
  return entry ? credential(entry).problem : `there is no provider ${name}`
}

/** Where the key comes from, without the key, and what is missing. */
function credential(entry: TypedProvider): { readonly from: string; readonly problem?: string } {
  const { apiKey, baseURL, headers = {}, dir } = entry as HostedProvider & LocalProvider
  const texts = [...[apiKey].flat(), baseURL, dir, ...Object.values(headers)]
  const missing = texts.flatMap((text) => (text === undefined ? [] : missingVariables(text)))
  const { env = [] } = providerSources[entry.type]
  const found = env.find((name) => process.env[name])
  const isWithout = apiKey === undefined && env.length > 0 && !found
  const absent = isWithout ? [...missing, env.join(' or ')] : missing
  const from = entry.type === 'onnx' ? `folder ${dir ?? '.'}, built-in model` : keySource(apiKey, found ? [found] : env)
  return absent.length > 0 ? { from, problem: `${absent.join(', ')} is not set` } : { from }
}

function keySource(apiKey: HostedProvider['apiKey'], env: readonly string[]): string {
  if (apiKey === undefined) return env.length > 0 ? `key from ${env.join(' or ')}` : 'no key needed'
  const keys = [apiKey].flat()
  const names = keys.flatMap((key) => [...key.matchAll(/\$\{([^}]*?)(?::-[^}]*)?\}/g)].map(([, name]) => name))
  const key = keys.length > 1 ? `${keys.length} keys` : 'key'
  return names.length > 0 ? `${key} from ${names.join(', ')}` : `${key} in the config`
}
