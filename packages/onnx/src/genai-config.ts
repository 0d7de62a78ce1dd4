import { broken, readJson } from './folder.ts'
import type { GenerationConfig, ModelConfig } from './model-folder.ts'

/** What a graph's inputs and outputs are called where they have names of their own. A cache has one name for each layer, written with `%d`. */
export interface GraphNames {
  readonly ids?: string
  readonly mask?: string
  readonly positions?: string
  readonly logits?: string
  readonly cache: readonly { readonly input: string; readonly output: string }[]
}

/** What we read of `genai_config.json`. */
export interface GenaiConfig {
  /** Path of the graph inside the folder. */
  readonly graph: string
  readonly names: GraphNames
  readonly config: ModelConfig
  readonly generation: GenerationConfig
}

const name = 'genai_config.json'

/**
 * Reads the layout of onnxruntime-genai. Throws `config` for a model of several graphs, which this engine does not run, and for a file that is damaged. https://onnxruntime.ai/docs/genai/reference/config.html
 */
export function readGenaiConfig(folder: string): GenaiConfig {
  const { model, search } = readJson(folder, name) as { model?: WireModel; search?: GenerationConfig }
  const { decoder } = model ?? {}
  const others = ['encoder', 'vision', 'speech', 'embedding'].filter((part) => part in (model ?? {}))
  if (decoder && 'pipeline' in decoder) others.push('pipeline')
  if (others.length > 0)
    throw broken(
      `${folder} is a model of several graphs (${name} has ${others.join(', ')}): only a decoder can be used.`,
    )
  const graph = decoder?.filename
  if (typeof graph !== 'string' || !/\.onnx$/.test(graph) || /(^|[\\/])\.\.([\\/]|$)|^[\\/]|:/.test(graph))
    throw broken(`${folder}/${name} is damaged: decoder.filename has to name a graph in the folder. Download it again.`)
  return {
    graph,
    names: toNames(decoder ?? {}),
    config: {
      ...(typeof model?.context_length === 'number' && { max_position_embeddings: model.context_length }),
      ...(model?.eos_token_id !== undefined && { eos_token_id: model.eos_token_id }),
      ...(model?.pad_token_id !== undefined && { pad_token_id: model.pad_token_id }),
    },
    generation: search ?? {},
  }
}

interface WireModel extends Pick<ModelConfig, 'eos_token_id' | 'pad_token_id'> {
  readonly context_length?: unknown
  readonly decoder?: WireDecoder
}

interface WireDecoder {
  readonly filename?: unknown
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
}

/** Keys and values apart, or in one tensor. */
const caches = [
  ['past_key_names', 'present_key_names'],
  ['past_value_names', 'present_value_names'],
  ['past_names', 'present_names'],
] as const

function toNames({ inputs = {}, outputs = {} }: WireDecoder): GraphNames {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const [ids, mask, positions] = ['input_ids', 'attention_mask', 'position_ids'].map((role) => text(inputs[role]))
  const logits = text(outputs.logits)
  return {
    ...(ids && { ids }),
    ...(mask && { mask }),
    ...(positions && { positions }),
    ...(logits && { logits }),
    cache: caches.flatMap(([past, present]) => {
      const [input, output] = [text(inputs[past]), text(outputs[present])]
      return input && output ? [{ input, output }] : []
    }),
  }
}
