import type { MediaInput } from '../contract/image.ts'
import { wavFacts } from './settle-wav.ts'

/** Bytes of a second of compressed sound, as 128 kilobits are. */
const compressed = 16_000

/** Length of a recording: counted for WAV files and bare samples, guessed by the bytes for compressed sound. */
export function soundSeconds({ mediaType, data }: MediaInput): number {
  const [type = '', ...parameters] = mediaType.toLowerCase().split(';')
  if (type.trim() !== 'audio/pcm') return wavFacts(data).seconds ?? data.length / compressed
  const given = new Map(parameters.map((one) => one.trim().split('=') as [string, string]))
  const rate = Number(given.get('rate')) || 16_000
  return data.length / (2 * rate * (Number(given.get('channels')) || 1))
}
