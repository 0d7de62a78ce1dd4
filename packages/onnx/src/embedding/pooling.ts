import { broken, readJson, readJsonList } from '../folder.ts'

/** One way to make a vector of the vectors of a text's tokens. */
export type Pooling = 'cls' | 'mean' | 'max' | 'mean_sqrt_len' | 'weightedmean' | 'lasttoken'

/** What happens to the vectors of the tokens. */
export interface PoolingSteps {
  /** False when nobody says, and the mean is a guess. */
  readonly known: boolean
  /** One vector from each, joined. */
  readonly poolings: readonly Pooling[]
  /** To length 1. `unless whole`: nothing is said, and a graph that pools by itself knows best. */
  readonly normalize: boolean | 'unless whole'
  /** True when a trained layer follows that only the graph can hold. */
  readonly dense: boolean
  /** False when the tokens of the prompt are read and not pooled. */
  readonly includePrompt: boolean
}

const flags: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
}

/** What a pooling may be called. */
export const poolingNames: readonly Pooling[] = Object.values(flags)

/** A pooling by its name. */
export const toPooling = (name: unknown): Pooling | undefined => poolingNames.find((known) => known === name)

const unsaid: PoolingSteps = {
  known: false,
  poolings: ['mean'],
  normalize: 'unless whole',
  dense: false,
  includePrompt: true,
}

/** Reads `modules.json` and `1_Pooling/config.json` of sentence-transformers. A folder without them gets the mean, normalized. https://sbert.net/docs/package_reference/sentence_transformer/models.html */
export function readPooling(folder: string): PoolingSteps {
  const modules = readJsonList(folder, 'modules.json').map((module) => {
    const { type = '', path = '' } = (module ?? {}) as { type?: string; path?: string }
    return { name: String(type).split('.').at(-1), path: String(path) }
  })
  if (modules.length === 0)
    return { ...unsaid, ...fromConfig(readJson(folder, '1_Pooling/config.json', {}) as PoolingConfig) }
  const pooling = modules.find(({ name }) => name === 'Pooling')
  if (pooling && !/^\w[\w.-]*$/.test(pooling.path))
    throw broken(`modules.json in ${folder} names the folder "${pooling.path}", which is no folder of the model.`)
  return {
    ...unsaid,
    ...fromConfig(pooling ? (readJson(folder, `${pooling.path}/config.json`) as PoolingConfig) : {}),
    normalize: modules.some(({ name }) => name === 'Normalize'),
    dense: modules.some(({ name }) => name === 'Dense'),
  }
}

interface PoolingConfig {
  readonly include_prompt?: unknown
}

function fromConfig(config: PoolingConfig): Partial<PoolingSteps> {
  const poolings = Object.entries(config).flatMap(([name, on]) => (on === true && flags[name] ? [flags[name]] : []))
  const includePrompt = config.include_prompt !== false
  return poolings.length > 0 ? { known: true, poolings, includePrompt } : { includePrompt }
}
