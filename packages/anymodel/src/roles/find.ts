import { AnyModelError } from '@anymodel/core'
import type { LoadProgress } from '@anymodel/onnx'
import type { CheckedConfig, TypedProvider } from '../config/check.ts'
import type { ProviderType } from '../config/config.ts'
import { listProviders, providerEntry } from '../config/names.ts'
import { isModel, isOfKind, type Kind, kinds, type Models } from './kinds.ts'
import { type Provider, providerSources } from './providers.ts'
import type { Leg } from './route.ts'
import type { States } from './states.ts'

/** What outlives a snapshot. */
export interface Surroundings {
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  /** Providers that were set up, by their entry: an edit elsewhere in the config does not load a local model anew. */
  readonly opened: Map<string, Provider>
  readonly states: States
}

/** What a model is looked up for. */
export interface Setting {
  /** What was asked for. */
  readonly name: string
  readonly config: CheckedConfig
  readonly surroundings: Surroundings
  /** Budgets that are exceeded where this model is asked. */
  readonly exceeded?: readonly string[]
}

interface Found<K extends Kind> {
  readonly model: Models[K]
  /** Absent for a model made by hand. */
  readonly type?: ProviderType
}

/** The model of a kind at the end of a way. */
export async function find<K extends Kind>(kind: K, route: Leg, setting: Setting): Promise<Found<K>> {
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

export async function providerOf(name: string, { roles }: Leg, setting: Setting): Promise<Provider> {
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
