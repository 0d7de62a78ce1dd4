import { AnyModelError, type CodeCall } from '@anymodel/core'
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
  const markers = new Map(prompt.markers.map((name) => [name, markerOf(engine, name)]))
  const tokens = begin(engine)
  let text = ''
  let isFirst = true
  const flush = (): void => {
    if (text !== '') tokens.push(...(isFirst ? encoded(engine, text) : encodedWithin(engine, text)))
    text = ''
    isFirst = false
  }
  for (const piece of prompt.pieces) {
    if (piece.type === 'text') {
      text += piece.text
      continue
    }
    const marker = markers.get(piece.marker) ?? markerOf(engine, piece.marker)
    if (!marker) throw noMarker(model, piece.marker)
    if (marker.hasSpace && text.endsWith(' ')) text = text.slice(0, -1)
    flush()
    tokens.push(marker.token)
  }
  flush()
  const ending = [...markers.values(), ...stop.map((name) => markerOf(engine, name))]
  return { tokens, ends: new Set(ending.flatMap((marker) => (marker ? [marker.token] : []))) }
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
