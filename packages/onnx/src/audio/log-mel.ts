import { AnyModelError } from '@anymodel/core'
import { fft } from './fft.ts'

/** How a model wants to see sound. */
export interface MelSettings {
  /** Samples per second. */
  readonly rate: number
  /** Samples that one frame looks at. */
  readonly frameLength: number
  /** Samples from one frame to the next. */
  readonly hop: number
  /** Bands of the mel scale. */
  readonly bins: number
}

/** Sound as a picture: `bins` rows of `frames` numbers. */
export type LogMel = (samples: Float32Array, frames: number) => Float32Array

/**
 * The picture of sound that whisper reads: power spectra of Hann windows around every hop, in Slaney's mel bands, as logarithms, the quietest 80 dB below the loudest, moved to about -1 to 1.
 * Sound that is shorter than the frames counts as followed by silence. Throws `config` for settings that can't be computed.
 */
export function logMel({ rate, frameLength, hop, bins }: MelSettings): LogMel {
  const transform = fft(frameLength)
  if (!transform || frameLength % 2 !== 0 || !(bins > 0 && bins <= 512) || !(hop > 0) || !(rate > 0))
    throw new AnyModelError(
      'config',
      `preprocessor_config.json asks for ${bins} bands of frames of ${frameLength} samples: these sizes can't be computed.`,
    )
  const { re, im } = transform
  const window = Float64Array.from(re, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / frameLength))
  const bands = melBands(rate, frameLength, bins)
  const half = frameLength / 2
  const power = [new Float64Array(half + 1), new Float64Array(half + 1)]

  /** Two frames of real numbers in one transform of complex ones. */
  const transformPair = (padded: Float32Array, first: number): void => {
    for (let i = 0; i < frameLength; i++) {
      re[i] = (padded[first + i] as number) * (window[i] as number)
      im[i] = (padded[first + hop + i] as number) * (window[i] as number)
    }
    const out = transform.run()
    const [one, two] = power as [Float64Array, Float64Array]
    for (let k = 0; k <= half; k++) {
      const mirror = k === 0 ? 0 : frameLength - k
      const [a, b] = [out.re[k] as number, out.im[k] as number]
      const [c, d] = [out.re[mirror] as number, out.im[mirror] as number]
      one[k] = ((a + c) ** 2 + (b - d) ** 2) / 4
      two[k] = ((b + d) ** 2 + (a - c) ** 2) / 4
    }
  }

  return (samples, frames) => {
    const { padded, sounding } = pad(samples, frames, hop, half)
    const picture = new Float32Array(bins * frames).fill(silence)
    let loudest = silence
    for (let frame = 0; frame < Math.min(frames, sounding); frame += 2) {
      transformPair(padded, frame * hop)
      for (let other = 0; other < 2 && frame + other < frames; other++) {
        const spectrum = power[other] as Float64Array
        for (const [bin, { from, weights }] of bands.entries()) {
          let sum = 0
          for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (spectrum[from + i] as number)
          const value = Math.log10(Math.max(sum, 1e-10))
          picture[bin * frames + frame + other] = value
          if (value > loudest) loudest = value
        }
      }
    }
    const floor = loudest - 8
    for (let i = 0; i < picture.length; i++) picture[i] = (Math.max(picture[i] as number, floor) + 4) / 4
    return picture
  }
}

const silence = -10

/** The samples with their mirror image before them (the first frame is centred on the first sample) and silence, or their mirror image, after them; and how many frames hear anything. */
function pad(samples: Float32Array, frames: number, hop: number, half: number) {
  const length = frames * hop
  // One more hop: frames come in pairs.
  const padded = new Float32Array(length + hop + 2 * half)
  const given = samples.length > length ? samples.subarray(0, length) : samples
  padded.set(given, half)
  for (let i = 1; i <= half; i++) {
    padded[half - i] = given[i] ?? 0
    padded[half + length - 1 + i] = given[length - 1 - i] ?? 0
  }
  return { padded, sounding: Math.ceil((given.length + half) / hop) + 1 }
}

/** One band: a triangle over a few frequencies. */
interface Band {
  readonly from: number
  readonly weights: Float64Array
}

/** Slaney's bands: linear below 1 kHz, logarithmic above, each with the same area (Auditory Toolbox, 1998). */
function melBands(rate: number, frameLength: number, bins: number): Band[] {
  const highest = toMel(rate / 2)
  const edges = Array.from({ length: bins + 2 }, (_, i) => toHertz((highest * i) / (bins + 1)))
  const spacing = rate / frameLength
  return Array.from({ length: bins }, (_, bin) => {
    const [low, centre, high] = edges.slice(bin, bin + 3) as [number, number, number]
    const from = Math.max(0, Math.ceil(low / spacing))
    const to = Math.min(frameLength / 2, Math.floor(high / spacing))
    const weights = new Float64Array(Math.max(0, to - from + 1))
    for (let k = from; k <= to; k++) {
      const hertz = k * spacing
      const height = Math.min((hertz - low) / (centre - low), (high - hertz) / (high - centre))
      weights[k - from] = (Math.max(0, height) * 2) / (high - low)
    }
    return { from, weights }
  })
}

const bendHertz = 1_000
const melPerHertz = 3 / 200
const bendMel = bendHertz * melPerHertz
const logStep = Math.log(6.4) / 27

const toMel = (hertz: number): number =>
  hertz < bendHertz ? hertz * melPerHertz : bendMel + Math.log(hertz / bendHertz) / logStep

const toHertz = (mel: number): number =>
  mel < bendMel ? mel / melPerHertz : bendHertz * Math.exp(logStep * (mel - bendMel))
