import type { Sound } from './sound.ts'

/** Zero crossings of the filter on each side: more is steeper. */
const crossings = 32
/** Shape of the Kaiser window: what is filtered out is 90 dB below. */
const beta = 9
/** Where the filter begins to close, as a part of the lower of the two bandwidths. */
const rolloff = 0.945

/**
 * Sound at another rate: band-limited interpolation with a windowed sinc, its phases computed once (J. O. Smith, "Digital Audio Resampling"). What the lower rate can't carry is filtered out before, so
 * that nothing folds back.
 */
export function resample(sound: Sound, rate: number): Sound {
  if (sound.rate === rate) return sound
  const divisor = gcd(sound.rate, rate)
  const up = rate / divisor
  const down = sound.rate / divisor
  const cutoff = Math.min(1, rate / sound.rate) * rolloff
  const reach = Math.ceil(crossings / cutoff)
  const { samples } = sound
  const out = new Float32Array(Math.max(1, Math.ceil((samples.length * up) / down)))
  const filters = phases(up, reach, cutoff)
  const width = 2 * reach
  for (let i = 0, base = 0, phase = 0; i < out.length; i++) {
    const filter = filters(phase)
    const first = base - reach + 1
    const from = Math.max(0, -first)
    const to = Math.min(width, samples.length - first)
    let sum = 0
    for (let k = from; k < to; k++) sum += (samples[first + k] as number) * (filter[k] as number)
    out[i] = sum
    phase += down
    base += Math.floor(phase / up)
    phase %= up
  }
  return { rate, samples: out }
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** The filter for each position between two samples: made when first needed, since odd rates have very many. Few are kept when they are large. */
function phases(up: number, reach: number, cutoff: number): (phase: number) => Float32Array {
  const known = new Map<number, Float32Array>()
  const most = Math.ceil(4_000_000 / reach)
  return (phase) => {
    let filter = known.get(phase)
    if (!filter) {
      filter = sinc(phase / up, reach, cutoff)
      if (known.size < most) known.set(phase, filter)
    }
    return filter
  }
}

function sinc(fraction: number, reach: number, cutoff: number): Float32Array {
  const filter = new Float32Array(2 * reach)
  let sum = 0
  for (let k = 0; k < filter.length; k++) {
    const distance = k - reach + 1 - fraction
    const x = Math.PI * cutoff * distance
    const value = (x === 0 ? 1 : Math.sin(x) / x) * kaiser(distance / reach)
    filter[k] = value
    sum += value
  }
  // A constant stays what it is.
  for (let k = 0; k < filter.length; k++) filter[k] = (filter[k] as number) / sum
  return filter
}

const kaiser = (x: number): number => (Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta))

/** The modified Bessel function of the first kind and order 0. */
function bessel(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
