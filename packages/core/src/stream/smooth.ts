import type { Part } from '../contract/part.ts'
import type { PartStream, TextModel } from '../contract/text.ts'
import { pause } from '../resilience/pause.ts'
import { wrap } from '../resilience/retry.ts'

export interface SmoothOptions {
  /** What is handed over at once. `word`: up to and with the next white space. `line`: up to and with the next line break. A regular expression matches one piece at the start of the text (flag `y` is added). Default `word`. */
  readonly by?: 'word' | 'line' | RegExp
  /** Milliseconds between two pieces. Default 10. */
  readonly delay?: number
}

const pieces = { word: /\s*\S+\s+/, line: /[^\n]*\n/ } as const

/**
 * Evens out text that comes in bursts: whole words or lines at a steady pace, for people who read along. Nothing is lost or reordered; what is not text passes at once, after the text before it.
 */
export function smooth(model: TextModel, { by = 'word', delay = 10 }: SmoothOptions = {}): TextModel {
  const source = typeof by === 'string' ? pieces[by] : by
  const pattern = new RegExp(source.source, `${source.flags.replace(/[gy]/g, '')}y`)
  return {
    ...wrap(model),
    stream: (call) => ({ [Symbol.asyncIterator]: () => paced(model.stream(call), pattern, delay, call.signal) }),
  }
}

async function* paced(
  parts: PartStream,
  pattern: RegExp,
  delay: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Part, undefined, undefined> {
  let held = ''
  let heldType: 'text' | 'reasoning' = 'text'
  for await (const part of parts) {
    if (part.type === 'notice' && part.kind === 'reset') held = ''
    const fragment = (part.type === 'text' || part.type === 'reasoning') && !part.opaque
    if (held !== '' && !(fragment && part.type === heldType) && part.type !== 'notice') {
      yield { type: heldType, text: held }
      held = ''
    }
    if (!fragment) {
      yield part
      continue
    }
    heldType = part.type
    held += part.text
    let from = 0
    for (;;) {
      pattern.lastIndex = from
      const piece = pattern.exec(held)?.[0]
      if (!piece) break
      yield { type: heldType, text: piece }
      from += piece.length
      if (delay > 0) await pause(delay, signal)
    }
    held = held.slice(from)
  }
  if (held !== '') yield { type: heldType, text: held }
}
