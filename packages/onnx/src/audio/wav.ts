import { AnyModelError } from '@anymodel/core'
import { longestSeconds, type Sound } from './sound.ts'

/** How the samples of a WAV file, or bare samples, are written. */
export interface SampleFormat {
  readonly encoding: 'integer' | 'float'
  /** 8, 16, 24 or 32 for integers (8 without sign), 32 or 64 for floats. */
  readonly bits: number
  readonly channels: number
  readonly rate: number
  /** Byte order. Default: little endian. */
  readonly bigEndian?: boolean
}

const wrong = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)

/** True for bytes that begin like a WAV file, with 32- or 64-bit lengths. */
export const isWav = (bytes: Uint8Array): boolean =>
  (tagAt(bytes, 0) === 'RIFF' || tagAt(bytes, 0) === 'RF64') && tagAt(bytes, 8) === 'WAVE'

const tagAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

/**
 * The sound of a WAV file, its channels mixed to one: integers of 8, 16, 24 and 32 bits, floats of 32 and 64, any rate. A file that is cut short, or whose maker did not know its length, gives what is
 * there. `undefined`: a WAV file whose samples are written in another way. Throws `invalid-argument` for damaged ones.
 * https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 */
export function readWav(bytes: Uint8Array): Sound | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: SampleFormat | undefined | 'other'
  for (let at = 12; at + 8 <= bytes.length; ) {
    const tag = tagAt(bytes, at)
    const size = view.getUint32(at + 4, true)
    const start = at + 8
    const end = Math.min(start + size, bytes.length)
    if (tag === 'fmt ') format = readFormat(new DataView(bytes.buffer, bytes.byteOffset + start, end - start))
    if (tag === 'data') {
      if (format === undefined) throw wrong('The WAV file is damaged: its samples come before their format.')
      if (format === 'other') return undefined
      // Nobody knew the length of what was written into a pipe.
      const known = size !== 0 && size !== 0xffffffff
      return readSamples(bytes.subarray(start, known ? end : bytes.length), format)
    }
    at = start + size + (size % 2)
  }
  throw wrong('The WAV file is damaged: it has no samples.')
}

const codes = { integer: 1, float: 3, extensible: 0xfffe }

function readFormat(view: DataView): SampleFormat | 'other' {
  if (view.byteLength < 16) throw wrong('The WAV file is damaged: its format is cut short.')
  const code = view.getUint16(0, true)
  const actual = code === codes.extensible && view.byteLength >= 26 ? view.getUint16(24, true) : code
  const channels = view.getUint16(2, true)
  const rate = view.getUint32(4, true)
  const bits = view.getUint16(14, true)
  if (actual !== codes.integer && actual !== codes.float) return 'other'
  return { encoding: actual === codes.integer ? 'integer' : 'float', bits, channels, rate }
}

type Read = (view: DataView, at: number, littleEndian: boolean) => number

const readers: Readonly<Record<string, Read>> = {
  integer8: (view, at) => (view.getUint8(at) - 128) / 128,
  integer16: (view, at, little) => view.getInt16(at, little) / 32_768,
  integer24: (view, at, little) =>
    (view.getInt8(little ? at + 2 : at) * 65_536 + view.getUint16(little ? at : at + 1, little)) / 8_388_608,
  integer32: (view, at, little) => view.getInt32(at, little) / 2_147_483_648,
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
}

/** Bare samples as sound, channels mixed to one. Throws `invalid-argument` for formats that are none, and for sound that is empty or too long. */
export function readSamples(bytes: Uint8Array, format: SampleFormat): Sound {
  const { encoding, bits, channels, rate, bigEndian = false } = format
  const read = readers[`${encoding}${bits}`]
  if (!read) throw wrong(`Samples of ${bits} bits as ${encoding} can't be read: use 16-bit integers.`)
  if (!(channels >= 1 && channels <= 64))
    throw wrong(`The sound says it has ${channels} channels: 1 to 64 can be read.`)
  if (!(rate >= 1_000 && rate <= 768_000))
    throw wrong(`The sound says it has ${rate} samples per second: 1,000 to 768,000 can be read.`)
  const step = bits / 8
  const count = Math.floor(bytes.length / (step * channels))
  if (count === 0) throw wrong('The sound is empty.')
  if (count > rate * longestSeconds) throw wrong(`The sound is longer than ${longestSeconds / 3_600} hours: split it.`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const samples = new Float32Array(count)
  for (let i = 0, at = 0; i < count; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++, at += step) sum += read(view, at, !bigEndian)
    // A float may be no number at all; one such sample would spoil everything after it.
    samples[i] = Number.isFinite(sum) ? Math.max(-1, Math.min(1, sum / channels)) : 0
  }
  return { rate, samples }
}

/** The beginning of a WAV file of 16-bit samples in one channel. Without a length it says that nobody knows, for sound on its way. */
export function wavHeader(rate: number, bytes?: number): Uint8Array {
  const header = new Uint8Array(44)
  const view = new DataView(header.buffer)
  const text = (at: number, value: string) => header.set(new TextEncoder().encode(value), at)
  text(0, 'RIFF')
  view.setUint32(4, bytes === undefined ? 0xffffffff : 36 + bytes, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, codes.integer, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, bytes ?? 0xffffffff, true)
  return header
}

/** Samples as 16-bit integers, little endian; what is louder than the format can say is cut. */
export function toPcm16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < samples.length; i++) {
    const value = Math.max(-1, Math.min(1, samples[i] as number))
    view.setInt16(i * 2, Math.round(value * 32_767), true)
  }
  return bytes
}
