import { AnyModelError, type Segment, type SpokenWord, type TranscriptionEvent, type Usage } from '@anymodel/core'

// Services may put anything in any place. What is not of its type is as if it were not there; a transcript with such a thing in it is none.

/** A text, or nothing. */
export const textTold = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A number, or nothing. */
export const numberTold = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

const counts = ['input', 'output', 'total', 'cacheRead', 'cacheWrite', 'reasoning'] as const

/** Usage without counts that are none. */
export function usageTold(usage: Usage = {}): Usage {
  const wrong = counts.filter((count) => usage[count] !== undefined && numberTold(usage[count]) === undefined)
  return wrong.length === 0
    ? usage
    : (Object.fromEntries(Object.entries(usage).filter(([name]) => !wrong.includes(name as never))) as Usage)
}

/** This very event. Throws `malformed` for text that is none, and for times that are none. */
export function checkTranscript<Event extends TranscriptionEvent>(event: Event): Event {
  if (event.type === 'text' && typeof event.text !== 'string') throw notOne('text')
  if (event.type === 'segment') for (const piece of piecesOf(event.segment)) checkPiece(piece)
  return event
}

function piecesOf(segment: Segment): readonly (Segment | SpokenWord)[] {
  const { words = [] } = segment
  if (!Array.isArray(words)) throw notOne('words')
  return [segment, ...words]
}

function checkPiece({ text, start, end, speaker }: Segment | SpokenWord): void {
  if (typeof text !== 'string') throw notOne('text')
  if (numberTold(start) === undefined || numberTold(end) === undefined) throw notOne('times')
  if (speaker !== undefined && typeof speaker !== 'string') throw notOne('speaker')
}

const notOne = (what: string): AnyModelError =>
  new AnyModelError('malformed', `The service answered with a transcript whose ${what} is of the wrong type.`)
