import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onnxFile } from './onnx-file.ts'
import { scratchFolder } from './toy-model.ts'

/** Letters and signs that the toy voices know; the id of a sign is its place. */
export const toySigns: readonly string[] = [...'_^$ .,?!abcdefghijklmnopqrstuvwxyzəɐɪʊʌɛɑɔɹðˈˌː']

const number = (name: string, value: number) =>
  ({ name, type: 'float32', dims: [1], data: Float32Array.of(value) }) as const
const whole = (name: string, ...values: number[]) =>
  ({ name, type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }) as const

/** Writes the folder of a tiny Piper voice: each id becomes one sample, its hundredth times the length scale. With `speakers` the speaker's number is added in thousandths. */
export function toyPiper({ speakers = [] as readonly string[], config = {} as object } = {}): string {
  const folder = scratchFolder()
  const sid = speakers.length > 0
  const graph = onnxFile({
    inputs: [
      { name: 'input', type: 'int64', shape: ['batch', 'phonemes'] },
      { name: 'input_lengths', type: 'int64', shape: ['batch'] },
      { name: 'scales', type: 'float32', shape: [3] },
      ...(sid ? [{ name: 'sid', type: 'int64', shape: ['batch'] } as const] : []),
    ],
    outputs: [{ name: 'output', type: 'float32', shape: ['batch', 1, 1, 'time'] }],
    constants: [whole('one', 1), number('hundred', 100), number('thousand', 1_000), whole('front', 0, 1)],
    nodes: [
      { op: 'Cast', inputs: ['input'], outputs: ['ids'], attributes: { to: 1 } },
      { op: 'Gather', inputs: ['scales', 'one'], outputs: ['pace'] },
      { op: 'Mul', inputs: ['ids', 'pace'], outputs: ['long'] },
      { op: 'Div', inputs: ['long', 'hundred'], outputs: ['wave'] },
      ...(sid
        ? [
            { op: 'Cast', inputs: ['sid'], outputs: ['who'], attributes: { to: 1 } },
            { op: 'Div', inputs: ['who', 'thousand'], outputs: ['timbre'] },
            { op: 'Add', inputs: ['wave', 'timbre'], outputs: ['voice'] },
          ]
        : []),
      { op: 'Unsqueeze', inputs: [sid ? 'voice' : 'wave', 'front'], outputs: ['output'] },
    ],
  })
  writeFileSync(join(folder, 'voice.onnx'), graph)
  const settings = {
    audio: { sample_rate: 8_000 },
    espeak: { voice: 'en-us' },
    phoneme_type: 'espeak',
    phoneme_id_map: Object.fromEntries(toySigns.map((sign, id) => [sign, [id]])),
    speaker_id_map: Object.fromEntries(speakers.map((name, id) => [name, id])),
    language: { code: 'en_US' },
    ...config,
  }
  writeFileSync(join(folder, 'voice.onnx.json'), JSON.stringify(settings))
  return folder
}

/** Writes the folder of a tiny Kokoro model: each id becomes one sample, its hundredth divided by the speed, and the style's first number is added. The style of `n` phonemes begins with `n` thousandths. */
export function toyKokoro(voices: readonly string[]): string {
  const folder = scratchFolder()
  for (const name of ['onnx', 'voices']) mkdirSync(join(folder, name))
  const graph = onnxFile({
    inputs: [
      { name: 'input_ids', type: 'int64', shape: [1, 'length'] },
      { name: 'style', type: 'float32', shape: [1, 256] },
      { name: 'speed', type: 'float32', shape: [1] },
    ],
    outputs: [{ name: 'waveform', type: 'float32', shape: [1, 'time'] }],
    constants: [whole('zero', 0), number('hundred', 100)],
    nodes: [
      { op: 'Cast', inputs: ['input_ids'], outputs: ['ids'], attributes: { to: 1 } },
      { op: 'Div', inputs: ['ids', 'hundred'], outputs: ['small'] },
      { op: 'Div', inputs: ['small', 'speed'], outputs: ['fast'] },
      { op: 'Gather', inputs: ['style', 'zero'], outputs: ['timbre'], attributes: { axis: 1 } },
      { op: 'Add', inputs: ['fast', 'timbre'], outputs: ['waveform'] },
    ],
  })
  writeFileSync(join(folder, 'onnx/model.onnx'), graph)
  const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value))
  write('config.json', { model_type: 'style_text_to_speech_2' })
  write('tokenizer.json', { model: { vocab: Object.fromEntries(toySigns.map((sign, id) => [sign, id])) } })
  const styles = Float32Array.from({ length: 511 * 256 }, (_, i) => Math.floor(i / 256) / 1_000)
  for (const voice of voices) writeFileSync(join(folder, `voices/${voice}.bin`), new Uint8Array(styles.buffer))
  return folder
}
