import type { CheckedConfig } from './check.ts'
import type { Config } from './config.ts'
import { findConfig } from './find.ts'

/** Finds, reads and checks a config. Without any, the built-in local model plays `chat`. Throws `config`. */
export async function loadConfig(given?: string | Config): Promise<CheckedConfig> {
  const file = typeof given === 'object' ? undefined : findConfig(given)
  if (given === undefined && file === undefined) return builtIn()
  // Parsers and zod take a tenth of a second to load: without a config they are not needed.
  const [{ readSource, sourceOf }, { checkConfig }] = await Promise.all([import('./source.ts'), import('./check.ts')])
  return checkConfig(file === undefined ? sourceOf(given) : await readSource(file))
}

/** The model that answers when no config names one. */
export const builtInModel = 'smollm2-135m-instruct'

/** What there is without a config. */
const builtIn = (): CheckedConfig => ({
  name: 'the built-in config',
  dir: process.cwd(),
  providers: { local: { type: 'onnx' } },
  models: { chat: { use: `local/${builtInModel}` } },
})
