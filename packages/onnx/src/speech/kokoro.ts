import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from 'onnxruntime-node'
import { broken, list } from '../folder.ts'
import { readModelFolder } from '../model-folder.ts'
import { loading } from '../runtime/load-step.ts'
import { openGraph } from '../runtime/session.ts'
import { floats, floatsOf, integers, joined } from '../runtime/tensors.ts'
import type { Opening } from '../thread/served.ts'
import type { Speaker } from './voice.ts'

const rate = 24_000
/** Numbers of one style vector; a voice has one for each number of phonemes. */
const styleSize = 256
/** Most phonemes that the model reads at once. */
const longest = 510

/** The first letter of a voice's name says what it speaks. */
const languages: Readonly<Record<string, { readonly tag: string; readonly espeak: string }>> = {
  a: { tag: 'en-US', espeak: 'en-us' },
  b: { tag: 'en-GB', espeak: 'en-gb' },
  e: { tag: 'es', espeak: 'es' },
  f: { tag: 'fr-FR', espeak: 'fr-fr' },
  h: { tag: 'hi', espeak: 'hi' },
  i: { tag: 'it', espeak: 'it' },
  j: { tag: 'ja', espeak: 'ja' },
  p: { tag: 'pt-BR', espeak: 'pt-br' },
  z: { tag: 'zh', espeak: 'cmn' },
}

/** Signs of eSpeak that the model did not learn, and the nearest that it did. */
const nearest: Readonly<Record<string, string>> = { r: 'ɹ', x: 'k', ʲ: 'j', ɬ: 'l' }

/** True for a folder with voices as Kokoro has them. */
export const hasKokoroVoices = (folder: string): boolean =>
  list(join(folder, 'voices')).some((name) => name.endsWith('.bin'))

/** Loads a Kokoro model with the voices beside it. Throws `config` that says what to do about a folder that can't be used. https://huggingface.co/hexgrad/Kokoro-82M */
export async function loadKokoro({ location, runtime, gate, onStep }: Opening): Promise<Speaker> {
  const model = readModelFolder(location, 'speech')
  const { vocab } =
    (model.tokenizer as { readonly model?: { readonly vocab?: Readonly<Record<string, number>> } }).model ?? {}
  if (!vocab) throw broken(`tokenizer.json in ${model.folder} is damaged: it has no vocabulary.`)
  const signs = new Map(Object.entries(vocab))
  const folder = join(model.folder, 'voices')
  const voices = list(folder).flatMap((name) => (name.endsWith('.bin') ? [name.slice(0, -4)] : []))
  const graph = await loading(model.weights, onStep, () => openGraph(model.graph, runtime, gate))
  const { inputNames, inputMetadata } = graph.session
  if (!['input_ids', 'style', 'speed'].every((input) => inputNames.includes(input)))
    throw broken(`${model.graph} is no Kokoro model: it takes ${inputNames.join(', ')}.`)
  const ids = inputMetadata.find(({ name }) => name === 'input_ids')
  const styles = new Map<string, Float32Array>()
  const styleOf = (voice: string): Float32Array => {
    const known = styles.get(voice) ?? readStyles(join(folder, `${voice}.bin`))
    styles.set(voice, known)
    return known
  }
  const first = voices.includes('af_heart') ? 'af_heart' : (voices[0] as string)
  const languageOf = (voice = first) => languages[voice[0] ?? ''] ?? { tag: 'en-US', espeak: 'en-us' }
  return {
    rate,
    fullScale: false,
    voices,
    languageOf: (voice) => languageOf(voice).tag,
    espeakVoiceOf: (voice) => languageOf(voice).espeak,
    async speak(phonemes, { voice = first, speed }) {
      const { pieces, unknown } = toPieces(phonemes, signs)
      const all = styleOf(voice)
      const sounds: Float32Array[] = []
      for (const tokens of pieces) {
        const row = Math.min(tokens.length, all.length / styleSize - 1)
        const style = all.slice(row * styleSize, (row + 1) * styleSize)
        const inputs: Record<string, Tensor> = {
          input_ids: integers(ids?.isTensor ? ids.type : 'int64', [0, ...tokens, 0], [1, tokens.length + 2]),
          style: floats('float32', style, [1, styleSize]),
          speed: floats('float32', Float32Array.of(speed), [1]),
        }
        const outputs = await graph.run(inputs)
        try {
          sounds.push(Float32Array.from(floatsOf(Object.values(outputs)[0] as Tensor)))
        } finally {
          for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) tensor.dispose()
        }
      }
      return { samples: joined(sounds), unknown }
    },
  }
}

/** The ids of phonemes, in pieces that the model can read: cut between words where there is a space, else anywhere. */
function toPieces(phonemes: string, signs: ReadonlyMap<string, number>) {
  const unknown: string[] = []
  const pieces: number[][] = [[]]
  const space = signs.get(' ')
  for (const sign of phonemes) {
    const token = signs.get(sign) ?? signs.get(nearest[sign] ?? '')
    const piece = pieces.at(-1) as number[]
    if (token === undefined) unknown.push(sign)
    else if (piece.push(token) === longest) {
      const end = space === undefined ? -1 : piece.lastIndexOf(space)
      pieces.push(end > longest / 2 ? piece.splice(end + 1) : [])
    }
  }
  return { pieces: pieces.filter(({ length }) => length > 0), unknown }
}

function readStyles(path: string): Float32Array {
  const { size } = statSync(path)
  if (size === 0 || size % (styleSize * 4) !== 0 || size > 64_000_000)
    throw broken(`${path} is damaged: ${size} bytes are no whole number of style vectors. Download it again.`)
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
