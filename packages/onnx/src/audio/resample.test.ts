import { describe, expect, it } from 'vitest'
import { resample } from './resample.ts'

const tone = (hertz: number, rate: number, seconds = 0.5) => ({
  rate,
  samples: Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate)),
})

/** Away from the ends, where the filter has sound on both sides. */
const inside = (samples: Float32Array) =>
  samples.subarray(Math.floor(samples.length / 5), Math.floor((samples.length * 4) / 5))

const loudness = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)

describe.each([48_000, 44_100, 22_050, 16_001, 8_000])('from %d to 16,000 samples per second', (rate) => {
  it('a tone stays the tone it is', () => {
    const given = resample(tone(1_000, rate), 16_000)
    const wanted = tone(1_000, 16_000)
    expect(given.rate).toBe(16_000)
    expect(Math.abs(given.samples.length - wanted.samples.length)).toBeLessThanOrEqual(1)
    const [a, b] = [inside(given.samples), inside(wanted.samples)]
    for (const [i, value] of b.entries()) expect(Math.abs((a[i] as number) - value)).toBeLessThan(1e-3)
  })
})

it('what the lower rate can not carry is gone instead of folding back', () => {
  expect(loudness(inside(resample(tone(11_000, 44_100), 16_000).samples))).toBeLessThan(0.5e-4)
})

it('the same rate gives the same sound', () => {
  const sound = tone(440, 16_000)
  expect(resample(sound, 16_000)).toBe(sound)
})
