import type { Tokenizer } from '@huggingface/tokenizers'
import { type LogMel, logMel } from '../audio/log-mel.ts'
import { broken } from '../folder.ts'
import { loading } from '../runtime/load-step.ts'
import { type Graph, openGraph } from '../runtime/session.ts'
import { openTokenizer } from '../runtime/tokenizer.ts'
import { detokenizer } from '../text/detokenize.ts'
import { type TokenBytes, tokenBytes } from '../text/token-bytes.ts'
import type { Opening } from '../thread/served.ts'
import { type Decoder, openDecoder } from './decoder.ts'
import { readWhisperFolder, type WhisperFolder } from './folder.ts'
import { type Vocabulary, vocabularyOf } from './vocabulary.ts'

/** A loaded whisper model. */
export interface Whisper {
  readonly folder: WhisperFolder
  readonly encoder: Graph
  readonly decoder: Decoder
  readonly vocabulary: Vocabulary
  readonly bytes: TokenBytes
  /** Samples per second of the sound that it hears. */
  readonly rate: number
  /** Samples of a window, and columns of its picture. */
  readonly windowSamples: number
  readonly frames: number
  readonly bins: number
  readonly toPicture: LogMel
  /** Most tokens that the decoder can look at. */
  readonly longest: number
  /** Milliseconds inside the graphs so far. */
  runMs(): number
  /** Token ids of a text, without any around it. */
  encode(text: string): number[]
  textOf(tokens: readonly number[]): string
  dispose(): Promise<void>
}

/** Loads tokenizer and graphs. Throws `config` that says what to do about a folder that can't be used. */
export async function loadWhisper({ location, runtime, gate, onStep }: Opening): Promise<Whisper> {
  const folder = readWhisperFolder(location)
  const { sampling_rate = 16_000, n_fft = 400, hop_length = 160, feature_size = 80, chunk_length = 30 } = folder.sound
  const windowSamples = sampling_rate * chunk_length
  if (!(chunk_length > 0 && chunk_length <= 60 && sampling_rate <= 96_000))
    throw broken(`preprocessor_config.json in ${folder.folder} asks for windows of ${chunk_length} seconds.`)
  const toPicture = logMel({ rate: sampling_rate, frameLength: n_fft, hop: hop_length, bins: feature_size })
  const tokenizer: Tokenizer = openTokenizer(folder)
  const vocabulary = vocabularyOf(folder, tokenizer)
  const bytes = tokenBytes(tokenizer, folder.tokenizer)
  const watch = { ms: 0 }
  const [encoder, decoder] = await loading(folder.weights, onStep, async () => [
    timed(await openGraph(folder.encoder, runtime, gate), watch),
    timed(await openGraph(folder.decoder, runtime, gate), watch),
  ])
  if (!encoder.session.inputNames.includes('input_features'))
    throw broken(`${folder.encoder} is no encoder of whisper: it takes ${encoder.session.inputNames.join(', ')}.`)
  return {
    folder,
    encoder,
    decoder: openDecoder(decoder, folder.decoder),
    vocabulary,
    bytes,
    rate: sampling_rate,
    windowSamples,
    frames: Math.floor(windowSamples / hop_length),
    bins: feature_size,
    toPicture,
    longest: folder.config.max_target_positions ?? 448,
    runMs: () => watch.ms,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    textOf(tokens) {
      const decoder = detokenizer(false)
      return tokens.map((token) => decoder.push(bytes.of(token))).join('')
    },
    async dispose() {
      await encoder.dispose()
      await decoder.dispose()
    },
  }
}

/** A graph that adds the time of its runs up. */
const timed = (graph: Graph, watch: { ms: number }): Graph => ({
  ...graph,
  async run(inputs, outputs) {
    const startedAt = performance.now()
    try {
      return await graph.run(inputs, outputs)
    } finally {
      watch.ms += performance.now() - startedAt
    }
  },
})
