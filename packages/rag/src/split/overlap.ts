import type { Span } from '../contract.ts'
import { nextWord } from './graphemes.ts'
import type { Budget } from './options.ts'

/** Lets every span begin some words earlier, in the one before, as far as the overlap and the size allow. No overlap crosses a wall: places in the text, in order. */
export function withOverlap(text: string, spans: readonly Span[], budget: Budget, walls: readonly number[]): Span[] {
  if (budget.overlap === 0) return [...spans]
  let wall = -1
  return spans.map((span, place) => {
    while ((walls[wall + 1] ?? Number.POSITIVE_INFINITY) <= span.start) wall++
    const before = spans[place - 1]
    if (!before) return span
    const floor = Math.max(before.start, walls[wall] ?? 0)
    return { start: earlier(text, floor, span, budget), end: span.end }
  })
}

/** Where the span may begin: the first beginning of a word from which the overlap is not too long. A word begins at `floor`. */
function earlier(text: string, floor: number, { start, end }: Span, { size, overlap, measure }: Budget): number {
  let [low, high] = [floor, start]
  while (low < high) {
    const middle = (low + high) >> 1
    if (measure(middle, start) <= overlap && measure(middle, end) <= size) high = middle
    else low = middle + 1
  }
  return low === floor ? floor : nextWord(text, floor, low, start)
}
