import type { Span } from '../contract.ts'
import { lastCut, trimmed } from './graphemes.ts'
import type { Level } from './levels.ts'
import type { Budget } from './options.ts'

/**
 * Cuts a stretch of text into spans that fit. What fits is not cut; what doesn't is parted at the first level that parts it, its parts are put together evenly, and parts that don't fit are cut at the
 * levels below. White space around the spans is left out. The time is linear in the text for every level.
 */
export function cut(text: string, span: Span, levels: readonly Level[], budget: Budget): Span[] {
  const whole = trimmed(text, span)
  if (whole.end === whole.start) return []
  if (budget.measure(whole.start, whole.end) <= budget.size) return [whole]
  const [level, ...below] = levels
  if (!level) return cutAnywhere(text, whole, budget)
  const parts = level(text, whole)
  if (parts.length < 2) return cut(text, whole, below, budget)
  return joinSmall(packed(text, parts, below, budget), budget)
}

/** Puts parts together up to the size, in groups of like size, and cuts those that are too large alone. */
function packed(text: string, parts: readonly Span[], below: readonly Level[], budget: Budget): Span[] {
  const spans: Span[] = []
  for (const run of fittingRuns(parts, budget)) {
    if (run.length === 1 && run[0] && budget.measure(run[0].start, run[0].end) > budget.size) {
      spans.push(...cut(text, run[0], below, budget))
    } else spans.push(...evenly(run, budget))
  }
  return spans
}

/** Parts that fit, in runs; each part that doesn't is a run of its own. */
function fittingRuns(parts: readonly Span[], { size, measure }: Budget): Span[][] {
  const runs: Span[][] = []
  let open: Span[] | undefined
  for (const part of parts) {
    if (measure(part.start, part.end) > size) {
      runs.push([part])
      open = undefined
    } else if (open) open.push(part)
    else runs.push((open = [part]))
  }
  return runs
}

/** Groups neighbours so that no group is much smaller than the others: a last group of two words is found by nobody. */
function evenly(parts: readonly Span[], { size, measure }: Budget): Span[] {
  const weights = parts.map(({ start, end }, place) => measure(parts[place - 1]?.end ?? start, end))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const target = total / Math.ceil(total / size)
  const groups: Span[] = []
  let group: Span | undefined
  let weight = 0
  parts.forEach((part, place) => {
    const more = weight + (weights[place] ?? 0)
    const longer: Span = { start: group?.start ?? part.start, end: part.end }
    const closed = group && (more > size || more - target > target - weight || tooLarge(longer, more))
    if (group && closed) groups.push(group)
    group = closed ? part : longer
    weight = closed ? measure(part.start, part.end) : more
  })
  return group ? [...groups, group] : groups

  /** Weights of parts add up to that of the whole in characters, and only nearly so in tokens. */
  function tooLarge({ start, end }: Span, sum: number): boolean {
    return sum * 1.25 > size && sum !== end - start && measure(start, end) > size
  }
}

/** Joins spans that are less than a quarter of the size with the next one where both fit, the last one with the one before. */
function joinSmall(spans: readonly Span[], { size, measure }: Budget): Span[] {
  const joined: Span[] = []
  for (const span of spans) {
    const before = joined.at(-1)
    const small = (one: Span) => measure(one.start, one.end) * 4 < size
    const both = before && { start: before.start, end: span.end }
    if (before && both && (small(before) || small(span)) && measure(both.start, both.end) <= size) {
      joined[joined.length - 1] = both
    } else joined.push(span)
  }
  return joined
}

/** Cuts what has no white space: between words of scripts that write none, else between characters. */
function cutAnywhere(text: string, { start, end }: Span, budget: Budget): Span[] {
  const spans: Span[] = []
  for (let from = start; from < end; ) {
    const most = furthest(from, end, budget)
    const to = most < end ? Math.min(lastCut(text, from, most), end) : end
    spans.push({ start: from, end: to })
    from = to
  }
  return spans
}

/** The last place up to which the text fits, at least one character further. */
function furthest(from: number, end: number, { size, measure }: Budget): number {
  let fits = from + 1
  let step = size
  while (fits + step < end && measure(from, fits + step) <= size) step *= 2
  for (; step >= 1; step = Math.floor(step / 2)) {
    while (fits + step <= end && measure(from, fits + step) <= size) fits += step
  }
  return fits
}
