import { AnyModelError, type TextModel, type TimeoutOptions, withRetry, withTimeout } from '@anymodel/core'
import type { LoadProgress } from '@anymodel/onnx'
import type { CheckedConfig, TypedProvider } from '../config/check.ts'
import type { ProviderType } from '../config/config.ts'
import { listProviders, providerEntry } from '../config/names.ts'
import { withDefaults } from './defaults.ts'
import { type Provider, providerSources } from './providers.ts'
import { type Route, toRoute } from './route.ts'

/** A config as it stands at one moment, ready to give models. */
export interface Snapshot {
  readonly config: CheckedConfig
  /**
   * The model of a role or a `provider/model`, with the role's defaults, clocks and retries. The provider's code is imported when it is first needed.
   * Rejects with `config` for what is not there and for variables that are not set.
   */
  model(name: string): Promise<TextModel>
}

/** What outlives a snapshot. */
export interface Surroundings {
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  /** Providers that were set up, by their entry: an edit elsewhere in the config does not load a local model anew. */
  readonly opened: Map<string, Provider>
}

export function takeSnapshot(config: CheckedConfig, surroundings: Surroundings): Snapshot {
  const models = new Map<string, TextModel>()
  return {
    config,
    async model(name) {
      const known = models.get(name)
      if (known) return known
      const model = await settle(toRoute(config, name), { name, config, surroundings })
      models.set(name, model)
      return model
    },
  }
}

interface Setting {
  /** What was asked for. */
  readonly name: string
  readonly config: CheckedConfig
  readonly surroundings: Surroundings
}

/** The model at the end of a route, with what the route gives it. */
async function settle(route: Route, setting: Setting): Promise<TextModel> {
  const { model } = route
  if ('stream' in model) return wrapped(model, route, route.timeouts)
  const entry = providerEntry(setting.config, model.provider) ?? noProvider(model.provider, setting.config)
  const provider = await openProvider(model.provider, entry, route, setting)
  return wrapped(provider.text(model.id), route, clocksFor(entry.type, route.timeouts))
}

/** The clock `total` is for all attempts together, the others are for each. */
function wrapped(model: TextModel, { defaults, retry }: Route, { total, ...each }: TimeoutOptions): TextModel {
  const attempts = withRetry(withTimeout(model, each), retry)
  return withDefaults(total === undefined ? attempts : withTimeout(attempts, { total }), defaults)
}

/** Local models have no connection to wait for, so that a role may go from hosted to local in one line. */
function clocksFor(type: ProviderType, timeouts: TimeoutOptions): TimeoutOptions {
  if (type !== 'onnx') return { connect: 10_000, ...timeouts }
  const { connect: _connect, headers: _headers, ...local } = timeouts
  return local
}

async function openProvider(name: string, entry: TypedProvider, { roles }: Route, setting: Setting): Promise<Provider> {
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

function noProvider(name: string, config: CheckedConfig): never {
  const message = `There is no provider "${name}" in ${config.name}.${listProviders(config, name)}`
  throw new AnyModelError('config', message, { provider: name })
}
