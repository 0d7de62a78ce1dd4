import { isAnyModelError } from '@anymodel/core'
import type { CheckedConfig, TypedProvider } from '../config/check.ts'
import type { HostedProvider, LocalProvider } from '../config/config.ts'
import { providerEntry } from '../config/names.ts'
import { missingVariables } from '../config/variables.ts'
import { providerSources } from '../roles/providers.ts'
import { toRoute } from '../roles/route.ts'

/** What a config comes to, for people and programs; never a secret. */
export interface Description {
  /** The file, or `null` when there is none. */
  readonly config: string | null
  readonly roles: readonly RoleDescription[]
  readonly providers: readonly ProviderDescription[]
}

export interface RoleDescription {
  readonly role: string
  /** The way to the model: `chat -> small -> local/x`. */
  readonly route: string
  /** What keeps it from working now. */
  readonly problem?: string
}

export interface ProviderDescription {
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
    const { roles, model, overriddenBy } = toRoute(config, role)
    const provider = 'stream' in model ? undefined : model.provider
    const end =
      'stream' in model ? `a model made by hand (${model.provider}/${model.id})` : `${model.provider}/${model.id}`
    const entry = provider === undefined ? undefined : providerEntry(config, provider)
    const problem = entry && credential(entry).problem
    const by = overriddenBy ? ` (by ${overriddenBy})` : ''
    return { role, route: [...roles, end].join(' -> ') + by, ...(problem ? { problem } : {}) }
  } catch (error) {
    if (isAnyModelError(error)) return { role, route: role, problem: error.message }
    throw error
  }
}

/** Where the key comes from, without the key. */
function credential(entry: TypedProvider): { readonly from: string; readonly problem?: string } {
  if (entry.type === 'onnx') return { from: `folder ${(entry as LocalProvider).dir ?? '.'}, built-in model` }
  const { apiKey } = entry as HostedProvider
  if (apiKey !== undefined) {
    const names = [...apiKey.matchAll(/\$\{([^}]*?)(?::-[^}]*)?\}/g)].map(([, name]) => name)
    const from = names.length > 0 ? `key from ${names.join(', ')}` : 'key in the config'
    const [missing] = missingVariables(apiKey)
    return missing ? { from, problem: `${missing} is not set` } : { from }
  }
  const { env = [] } = providerSources[entry.type] ?? {}
  if (env.length === 0) return { from: 'no key needed' }
  const found = env.find((name) => process.env[name])
  return found
    ? { from: `key from ${found}` }
    : { from: `key from ${env.join(' or ')}`, problem: `${env.join(' or ')} is not set` }
}
