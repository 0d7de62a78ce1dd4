import { join } from 'node:path'
import { broken, list, readJson, refusePointer } from '../folder.ts'
import type { TokenizerConfig } from '../model-folder.ts'
import { type Dtype, dtypes, type Location } from '../names.ts'

/** What we read of `config.json`. */
interface WhisperConfig {
  readonly model_type?: string
  readonly vocab_size?: number
  readonly max_source_positions?: number
  readonly max_target_positions?: number
  readonly decoder_start_token_id?: number
  readonly suppress_tokens?: readonly number[] | null
  readonly begin_suppress_tokens?: readonly number[] | null
  readonly median_filter_width?: number
}

/** What we read of `generation_config.json`. */
interface WhisperGeneration {
  readonly is_multilingual?: boolean
  readonly lang_to_id?: Readonly<Record<string, number>>
  readonly suppress_tokens?: readonly number[] | null
  readonly begin_suppress_tokens?: readonly number[] | null
  /** Pairs of layer and head of the decoder whose attention follows the sound. */
  readonly alignment_heads?: readonly (readonly [layer: number, head: number])[]
}

/** What we read of `preprocessor_config.json`. */
interface WhisperSound {
  readonly sampling_rate?: number
  readonly n_fft?: number
  readonly hop_length?: number
  readonly feature_size?: number
  /** Seconds of a window. */
  readonly chunk_length?: number
}

/** A whisper model as it lies on disk, its JSON files read. */
export interface WhisperFolder {
  readonly folder: string
  /** Paths of the graphs. */
  readonly encoder: string
  readonly decoder: string
  /** Paths of the graphs and of the weights beside them. */
  readonly weights: readonly string[]
  readonly config: WhisperConfig
  readonly generation: WhisperGeneration
  readonly sound: WhisperSound
  readonly tokenizer: object
  readonly tokenizerConfig: TokenizerConfig
}

/** Reads the folder of a whisper model as optimum exports it. Throws `config` that says what is missing or damaged. */
export function readWhisperFolder({ folder, dtype }: Location): WhisperFolder {
  const graphs = [
    ...list(join(folder, 'onnx')).map((name) => `onnx/${name}`),
    ...list(folder).filter((name) => name.includes('.onnx')),
  ]
  const missing = ['config.json', 'tokenizer.json'].filter((name) => !list(folder).includes(name))
  const [encoder, decoder] = ['encoder_model', 'decoder_model_merged'].map((name) => {
    const found = findGraph(name, graphs, dtype)
    if (!found) missing.push(`onnx/${name}${dtype ? dtypes[dtype] : ''}.onnx`)
    return found ?? ''
  }) as [string, string]
  if (missing.length > 0)
    throw broken(
      `${folder} is not a model of the kind transcription: it has no ${missing.join(', no ')}. Whisper models as optimum exports them (encoder and merged decoder) can be used.`,
    )
  const config = readJson(folder, 'config.json') as WhisperConfig
  if (config.model_type !== undefined && config.model_type !== 'whisper')
    throw broken(`${folder} is a ${config.model_type} model: of those that transcribe, only whisper can be used.`)
  for (const path of [encoder, decoder]) refusePointer(join(folder, path))
  return {
    folder,
    encoder: join(folder, encoder),
    decoder: join(folder, decoder),
    weights: graphs
      .filter((name) => name.startsWith(encoder) || name.startsWith(decoder))
      .map((name) => join(folder, name)),
    config,
    generation: readJson(folder, 'generation_config.json', {}),
    sound: readJson(folder, 'preprocessor_config.json', {}),
    tokenizer: readJson(folder, 'tokenizer.json'),
    tokenizerConfig: readJson(folder, 'tokenizer_config.json', {}) as TokenizerConfig,
  }
}

/** The file of a graph in the precision that is wanted, else the most exact one. */
function findGraph(name: string, graphs: readonly string[], dtype: Dtype | undefined): string | undefined {
  const suffixes = dtype ? [dtypes[dtype]] : Object.values(dtypes)
  return suffixes
    .flatMap((suffix) => [`onnx/${name}${suffix}.onnx`, `${name}${suffix}.onnx`])
    .find((path) => graphs.includes(path))
}
