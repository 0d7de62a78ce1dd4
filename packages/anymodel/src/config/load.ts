import type { CheckedConfig } from './check.ts'
import type { Config } from './config.ts'
import { findConfig } from './find.ts'

/** Finds, reads and checks a config. Without any, the built-in local models play their roles. Throws `config`. */
export async function loadConfig(given?: string | Config): Promise<CheckedConfig> {
  const file = typeof given === 'object' ? undefined : findConfig(given)
  if (given === undefined && file === undefined) return builtIn()
  // Parsers and zod take a tenth of a second to load: without a config they are not needed.
  const [{ readSource, sourceOf }, { checkConfig }] = await Promise.all([import('./source.ts'), import('./check.ts')])
  return checkConfig(file === undefined ? sourceOf(given) : await readSource(file))
}

/** The local models that come with this package, by the role that they play when there is no config. */
export const builtInModels = {
  chat: 'smollm2-135m-instruct',
  embedding: 'all-minilm-l6-v2',
  image: 'shapes-diffusion',
} as const

/** What there is without a config. */
const builtIn = (): CheckedConfig => ({
  name: 'the built-in config',
  dir: process.cwd(),
  providers: { local: { type: 'onnx' } },
  models: Object.fromEntries(Object.entries(builtInModels).map(([role, model]) => [role, { use: `local/${model}` }])),
  budgets: {},
  prices: {},
  state: 'memory',
})
