import type { GraphFile } from '../runtime/graph-file.ts'
import type { Kind } from '../thread/served.ts'

/** What `kindOf` looks at. */
export interface KindSigns {
  /** Paths inside the folder. */
  readonly paths: readonly string[]
  /** Of `config.json`. */
  readonly architectures: readonly string[]
  /** The graph, where there is one alone. */
  readonly graph: GraphFile | undefined
}

const has = (names: readonly { readonly name: string }[] | undefined, pattern: RegExp): boolean =>
  names?.some(({ name }) => pattern.test(name)) ?? false

/** The signs of each kind, the surest first. */
const signs: readonly (readonly [Kind, (signs: KindSigns) => boolean])[] = [
  ['image', ({ paths }) => paths.includes('model_index.json')],
  ['transcription', ({ paths }) => paths.some((path) => /(^|\/)encoder_model\w*\.onnx$/.test(path))],
  ['embedding', ({ paths }) => paths.includes('modules.json')],
  ['embedding', ({ graph }) => has(graph?.outputs, /^(sentence_embedding|last_hidden_state|token_embeddings)$/)],
  ['rerank', ({ architectures }) => architectures.some((name) => /ForSequenceClassification$/.test(name))],
  ['text', ({ paths }) => paths.includes('genai_config.json')],
  ['text', ({ graph }) => has(graph?.inputs, /^past/) && has(graph?.outputs, /^logits$/)],
  ['speech', ({ graph }) => has(graph?.inputs, /^(scales|style|speed)$/)],
  ['voice-activity', ({ graph }) => has(graph?.inputs, /^(state|h)$/) && has(graph?.inputs, /^sr$/)],
  ['text', ({ architectures }) => architectures.some((name) => /ForCausalLM$/.test(name))],
]

/** What a model does, as far as its files show. */
export const kindOf = (model: KindSigns): Kind | undefined => signs.find(([, fits]) => fits(model))?.[0]
