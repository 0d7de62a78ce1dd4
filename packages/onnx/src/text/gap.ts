import { AnyModelError, type CodeCall, type CodePiece } from '@anymodel/core'
import { provider } from '../thread/events.ts'
import type { Engine } from './engine.ts'

/** A gap as tokens. */
export interface Gap {
  readonly tokens: readonly number[]
  /** Tokens that end the completion besides those that end any answer. */
  readonly ends: ReadonlySet<number>
}

type Words = Pick<Engine, 'tokenizer' | 'plain' | 'bytes'>

/** The prompt of a completion: each marker is its one token, texts are texts whatever they spell. Throws `unsupported` for a model that has no such token. */
export function toGap(engine: Words, { prompt, stop = [] }: CodeCall, model: string): Gap {
  if (!prompt)
    throw new AnyModelError(
      'invalid-argument',
      'A local model fills a gap that is given as a prompt, as completeCode does.',
    )
  const steps = stepsOf(engine, prompt.pieces, model)
  const tokens = steps.flatMap((step, at) => {
    if (typeof step !== 'string') return [step.token]
    const next = steps[at + 1]
    const text = typeof next === 'object' && next.hasSpace && step.endsWith(' ') ? step.slice(0, -1) : step
    if (text === '') return []
    return at === 0 ? encoded(engine, text) : encodedWithin(engine, text)
  })
  const ends = [...prompt.markers, ...stop].map((name) => markerOf(engine, name)?.token)
  return { tokens: [...begin(engine), ...tokens], ends: new Set(ends.filter((token) => token !== undefined)) }
}

/** The pieces of a prompt, neighbouring texts as one: a tokenizer sees them so. */
function stepsOf(engine: Words, pieces: readonly CodePiece[], model: string): (string | Marker)[] {
  const steps: (string | Marker)[] = []
  for (const piece of pieces) {
    const last = steps.at(-1)
    if (piece.type === 'marker') {
      const marker = markerOf(engine, piece.marker)
      if (!marker) throw noMarker(model, piece.marker)
      steps.push(marker)
    } else if (typeof last === 'string') steps[steps.length - 1] = last + piece.text
    else steps.push(piece.text)
  }
  return steps
}

interface Marker {
  readonly token: number
  /** The space before it is part of it. */
  readonly hasSpace: boolean
}

/** The token of a marker. It is one that was added to the vocabulary: words of the same spelling are no markers. */
function markerOf({ tokenizer }: Words, name: string): Marker | undefined {
  const added = tokenizer.get_added_tokens_decoder()
  for (const hasSpace of [false, true]) {
    const token = tokenizer.token_to_id(hasSpace ? `▁${name}` : name)
    if (token !== undefined && added.has(token)) return { token, hasSpace }
  }
  return undefined
}

const noMarker = (model: string, marker: string): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `${model} has no token ${marker}: it was not made to fill gaps, or the family is not its own. Ask it in a chat: completeCode with the text model of the same name.`,
    { provider, model },
  )

/** What the tokenizer puts before any text. */
function begin({ tokenizer }: Words): number[] {
  const ids = (add_special_tokens: boolean) => tokenizer.encode('a', { add_special_tokens }).ids
  const [first] = ids(false)
  const all = ids(true)
  return all.slice(0, Math.max(0, all.indexOf(first as number)))
}

const encoded = ({ plain }: Words, text: string): number[] => plain().encode(text, { add_special_tokens: false }).ids

/** A character that no token joins with others. */
const apart = '☺'

/** A text behind a marker: of tokenizers that put a space before each text, that space is the text's own or there is none. */
function encodedWithin(engine: Words, text: string): number[] {
  if (!engine.bytes.dropsLeadingSpace) return encoded(engine, text)
  if (text.startsWith(' ')) return encoded(engine, text.slice(1))
  return encoded(engine, apart + text).slice(encoded(engine, apart).length)
}
