import { describe, expect, it } from 'vitest'
import { joined, type SpanSettings, toSpans } from './spans.ts'

/** Frames of a tenth of a second: `#` is speech, `-` is neither, a space is silence. */
const spans = (frames: string, settings: SpanSettings = {}) => {
  const likely = { '#': 0.9, '-': 0.4, ' ': 0.1 } as Record<string, number>
  const probabilities = Float32Array.from(frames, (frame) => likely[frame] as number)
  const found = toSpans(probabilities, { step: 0.1, seconds: frames.length / 10 }, { padding: 0, ...settings })
  return found.map(({ start, end }) => [Math.round(start * 1_000) / 1_000, Math.round(end * 1_000) / 1_000])
}

describe('speech is told from silence', () => {
  it.each<[string, string, SpanSettings, number[][]]>([
    ['silence has none', '          ', {}, []],
    ['speech up to the end', '  ########', {}, [[0.2, 1]]],
    [
      'two sentences',
      ' ####    #### ',
      {},
      [
        [0.1, 0.5],
        [0.9, 1.3],
      ],
    ],
    ['what is neither goes on with what there was', ' ###---##  --   ', {}, [[0.1, 0.9]]],
    ['a click is left out', '  #     #### ', {}, [[0.8, 1.2]]],
    ['a short breath does not end it', '###  ###  ', { minSilence: 0.3 }, [[0, 0.8]]],
    [
      'padding stays inside the sound and is shared',
      '####  ####',
      { padding: 0.3 },
      [
        [0, 0.5],
        [0.5, 1],
      ],
    ],
    ['a higher threshold hears less', '####----  ', { threshold: 0.95 }, []],
  ])('%s', (_name, frames, settings, expected) => expect(spans(frames, settings)).toEqual(expected))
})

it('spans with little between them are one', () => {
  const given = [
    { start: 0, end: 1 },
    { start: 1.5, end: 2 },
    { start: 5, end: 6 },
  ]
  expect(joined(given, 1)).toEqual([
    { start: 0, end: 2 },
    { start: 5, end: 6 },
  ])
})
