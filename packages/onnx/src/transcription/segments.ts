import type { Vocabulary } from './vocabulary.ts'

/** Text with its times, in seconds from the start of its window. */
export interface Stretch {
  readonly start: number
  readonly end: number
  /** Tokens of the text, without times. */
  readonly tokens: readonly number[]
  /** Where its first token stands among all tokens of the window. */
  readonly at: number
}

/** What a window's tokens say. */
export interface Window {
  readonly stretches: readonly Stretch[]
  /** Seconds after which the next window begins: a stretch that was cut off by the window's end is heard again. */
  readonly next: number
}

/** Cuts tokens with times between them into stretches. `length`: seconds of sound in the window. */
export function toStretches(tokens: readonly number[], { firstTime, timeStep }: Vocabulary, length: number): Window {
  const isTime = (token: number | undefined) => token !== undefined && token >= firstTime
  const stretches: Stretch[] = []
  let start = 0
  let at = 0
  for (const [index, token] of tokens.entries()) {
    if (!isTime(token)) continue
    const end = Math.min((token - firstTime) * timeStep, length)
    if (index > at) stretches.push({ start, end, tokens: tokens.slice(at, index), at })
    start = end
    at = index + 1
  }
  const open = tokens.slice(at)
  const pair = isTime(tokens.at(-1)) && isTime(tokens.at(-2))
  // Text after a pair of times, or none after it: the window's end cut it off. Without any pair the text is all there is.
  if (stretches.length > 0 && (open.length > 0 || pair))
    return { stretches, next: start > 0 ? Math.max(start, shortest) : length }
  if (open.length > 0) stretches.push({ start, end: length, tokens: open, at })
  return { stretches, next: length }
}

/** Least seconds from one window to the next, so that a model that babbles comes to an end. */
const shortest = 0.2
