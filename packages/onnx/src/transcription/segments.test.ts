import { describe, expect, it } from 'vitest'
import { toStretches } from './segments.ts'
import type { Vocabulary } from './vocabulary.ts'

const vocabulary = { firstTime: 100, timeStep: 0.1 } as Vocabulary
const time = (seconds: number) => 100 + Math.round(seconds * 10)

/** Stretches as `start-end:tokens`, and where the next window begins, of a window of 5 seconds. */
function cut(...tokens: number[]): [string[], number] {
  const { stretches, next } = toStretches(tokens, vocabulary, 5)
  return [stretches.map(({ start, end, tokens }) => `${start}-${end}:${tokens}`), Math.round(next * 1_000) / 1_000]
}

describe('tokens with times between them become stretches', () => {
  it.each<[string, number[], string[], number]>([
    ['one, and nothing after it', [time(0), 1, 2, time(3)], ['0-3:1,2'], 5],
    ['two', [time(0), 1, time(1), time(2), 2, time(4)], ['0-1:1', '2-4:2'], 5],
    ['what begins and does not end is heard again', [time(0), 1, time(2), time(2), 2, 3], ['0-2:1'], 2],
    ['so is what only began', [time(0), 1, time(2), time(3)], ['0-2:1'], 3],
    ['text without an end lasts as long as the window', [time(1), 1, 2], ['1-5:1,2'], 5],
    ['text without any time', [1, 2], ['0-5:1,2'], 5],
    ['nothing', [], [], 5],
    ['a time behind the end is the end', [time(0), 1, time(9)], ['0-5:1'], 5],
    ['a window never begins where it began', [time(0), 1, time(0), time(0), 2], ['0-0:1'], 5],
    ['nor all but there', [time(0), 1, time(0.1), time(0.1), 2], ['0-0.1:1'], 0.2],
  ])('%s', (_name, tokens, stretches, next) => expect(cut(...tokens)).toEqual([stretches, next]))
})
