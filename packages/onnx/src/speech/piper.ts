import { join } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { broken, list, readJson, refusePointer } from '../folder.ts'
import { loading } from '../runtime/load-step.ts'
import { openGraph } from '../runtime/session.ts'
import { floatsOf, integers } from '../runtime/tensors.ts'
import type { Opening } from '../thread/served.ts'
import type { Speaker } from './voice.ts'

/** What we read of a voice's `.onnx.json`. */
interface PiperConfig {
  readonly audio?: { readonly sample_rate?: number }
  readonly espeak?: { readonly voice?: string }
  readonly language?: { readonly code?: string }
  readonly phoneme_type?: string
  readonly phoneme_id_map?: Readonly<Record<string, readonly number[]>>
  readonly num_speakers?: number
  readonly speaker_id_map?: Readonly<Record<string, number>>
  readonly inference?: { readonly noise_scale?: number; readonly length_scale?: number; readonly noise_w?: number }
}

/** The name of a Piper voice's graph in a folder; `undefined` when there is none. */
export const piperGraph = (folder: string): string | undefined => {
  const files = list(folder)
  return files.find((name) => name.endsWith('.onnx') && files.includes(`${name}.json`))
}

/** Loads a Piper voice: a VITS graph with its `.onnx.json` beside it. Throws `config` that says what to do about one that can't be used. https://github.com/OHF-Voice/piper1-gpl */
export async function loadPiper({ location, runtime, gate, onStep }: Opening, name: string): Promise<Speaker> {
  const { folder } = location
  const path = join(folder, name)
  refusePointer(path)
  const config = readJson(folder, `${name}.json`) as PiperConfig
  const ids = idMap(config, path)
  const { audio, espeak, language, inference = {}, speaker_id_map: speakers = {} } = config
  const rate = audio?.sample_rate
  if (typeof rate !== 'number' || !(rate >= 4_000 && rate <= 192_000))
    throw broken(`${path}.json is damaged: its audio.sample_rate is ${String(rate)}.`)
  const graph = await loading([path], onStep, () => openGraph(path, runtime, gate))
  const { inputNames } = graph.session
  if (!['input', 'input_lengths', 'scales'].every((input) => inputNames.includes(input)))
    throw broken(`${path} is no Piper voice: it takes ${inputNames.join(', ')}.`)
  return {
    rate,
    // As Piper itself does it.
    fullScale: true,
    voices: Object.keys(speakers),
    languageOf: () => language?.code?.replace('_', '-') ?? espeak?.voice ?? 'en',
    espeakVoiceOf: () => espeak?.voice ?? 'en-us',
    async speak(phonemes, { voice, speed, noise, rhythmNoise }) {
      const { tokens, unknown } = toTokens(phonemes, ids)
      const { noise_scale = 0.667, length_scale = 1, noise_w = 0.8 } = inference
      const scales = Float32Array.of(noise ?? noise_scale, length_scale / speed, rhythmNoise ?? noise_w)
      const inputs: Record<string, Tensor> = {
        input: integers('int64', tokens, [1, tokens.length]),
        input_lengths: integers('int64', [tokens.length], [1]),
        scales: new Tensor('float32', scales, [3]),
        ...(inputNames.includes('sid') && {
          sid: integers('int64', [voice === undefined ? 0 : (speakers[voice] ?? 0)], [1]),
        }),
      }
      const outputs = await graph.run(inputs)
      try {
        return { samples: Float32Array.from(floatsOf(Object.values(outputs)[0] as Tensor)), unknown }
      } finally {
        for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) tensor.dispose()
      }
    },
  }
}

function idMap({ phoneme_type, phoneme_id_map }: PiperConfig, path: string): ReadonlyMap<string, readonly number[]> {
  if (phoneme_type !== undefined && phoneme_type !== 'espeak')
    throw broken(`${path} reads phonemes of the kind ${phoneme_type}: only those of eSpeak can be made here.`)
  const ids = new Map(Object.entries(phoneme_id_map ?? {}))
  if (![pad, begin, end].every((sign) => ids.has(sign)))
    throw broken(`${path}.json is damaged: its phoneme_id_map lacks ${pad}, ${begin} or ${end}.`)
  return ids
}

const pad = '_'
const begin = '^'
const end = '$'

/** The ids of phonemes, as Piper's own training put them: a sign, the padding, the next sign; combining marks are signs of their own. */
function toTokens(phonemes: string, ids: ReadonlyMap<string, readonly number[]>) {
  const of = (sign: string) => ids.get(sign) ?? []
  const unknown: string[] = []
  const tokens = [...of(begin), ...of(pad)]
  for (const sign of phonemes.normalize('NFD')) {
    if (ids.has(sign)) tokens.push(...of(sign), ...of(pad))
    else unknown.push(sign)
  }
  return { tokens: [...tokens, ...of(end)], unknown }
}
