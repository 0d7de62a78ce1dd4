import type { Part } from '../contract/part.ts'
import type { PartStream } from '../contract/text.ts'

/** How many characters at the end of `text` could be the beginning of one of `stops`. */
export function heldBack(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length
    }
  }
  return longest
}

/** Where the first of `stops` begins in `text`; -1 when there is none. */
export function firstStop(text: string, stops: readonly string[]): number {
  let first = -1
  for (const stop of stops) {
    const at = stop === '' ? -1 : text.indexOf(stop)
    if (at >= 0 && (first < 0 || at < first)) first = at
  }
  return first
}

/** Ends the text at the first of `stops`, for models that can't do it themselves. The rest of the answer is not read, so its usage is unknown. */
export async function* stopAt(
  stream: PartStream,
  stops: readonly string[],
): AsyncGenerator<Part, undefined, undefined> {
  let held = ''
  for await (const part of stream) {
    if (part.type === 'text') {
      const text = held + part.text
      const at = firstStop(text, stops)
      if (at >= 0) {
        if (at > 0) yield { type: 'text', text: text.slice(0, at) }
        yield {
          type: 'finish',
          reason: 'stop',
          usage: {},
          response: { provider: '', model: '', rawReason: 'stop text' },
        }
        return
      }
      const keep = heldBack(text, stops)
      held = text.slice(text.length - keep)
      if (keep < text.length || part.opaque) yield { ...part, text: text.slice(0, text.length - keep) }
    } else {
      if (part.type === 'notice' && part.kind === 'reset') held = ''
      if (held !== '' && part.type !== 'notice') {
        yield { type: 'text', text: held }
        held = ''
      }
      yield part
    }
  }
}
