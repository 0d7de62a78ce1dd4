import { describe, expect, it } from 'vitest'
import { rules } from './rules.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Text 0 to 3, end 4, control tokens 5 and 6, times 7 (0 s) to 17 (1 s). */
const vocabulary: Vocabulary = {
  start: 5,
  end: 4,
  noTimestamps: 6,
  firstTime: 7,
  lastTime: 17,
  timeStep: 0.1,
  previous: undefined,
  noSpeech: undefined,
  tasks: { transcribe: undefined, translate: undefined },
  languages: new Map(),
  never: [3],
  notFirst: [0, 4],
}

/** What may come next, when nothing is likelier than anything else. */
function allowed(said: readonly number[], times = true, likely: Readonly<Record<number, number>> = {}): number[] {
  const logits = Float32Array.from({ length: 20 }, (_, token) => likely[token] ?? 0)
  rules(vocabulary, times)(logits, said)
  return [...logits].flatMap((logit, token) => (logit === Number.NEGATIVE_INFINITY ? [] : [token]))
}

/** Text is so likely here that the times together are not. */
const text = { 0: 9, 1: 9, 2: 9, 4: 9 }
const times = (from: number) => Array.from({ length: 18 - from }, (_, i) => from + i)

describe('with times', () => {
  it.each<[string, number[], Readonly<Record<number, number>>, number[]]>([
    ['a window begins with a time, not later than after a second', [], text, times(7)],
    ['text follows the first time', [7], text, [0, 1, 2, 4]],
    ['text may go on or be ended by a later time', [7, 1], text, [0, 1, 2, 4, ...times(8)]],
    ['a time that ends text is followed by one from there on, or the end', [7, 1, 9], text, [4, ...times(9)]],
    ['after two times comes text', [7, 1, 9, 9], text, [0, 1, 2, 4]],
    ['times together likelier than any text are a time', [7, 1], {}, times(8)],
  ])('%s', (_name, said, likely, expected) => expect(allowed(said, true, likely)).toEqual(expected))
})

it('without times there is text alone, and not everything comes first', () => {
  expect(allowed([], false)).toEqual([1, 2])
  expect(allowed([1], false)).toEqual([0, 1, 2, 4])
})
