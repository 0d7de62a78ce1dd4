import type { Part } from '../contract/part.ts'
import type { TextCall } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'

/** How an attempt stands to what was delivered before it: nothing was; it goes on with it, by prefill or by request; it makes it void. */
export type Mode = 'start' | 'prefill' | 'request' | 'restart'

type ContentPart = Exclude<Part, { type: 'notice' | 'finish' }>

/** How much of the answer's end a model that can't be prefilled is asked to repeat, and how much it may say before. */
const repeated = 40
const preface = 200

/** A call that goes on with an answer, and what joins the rest to what there is. */
interface Continuation {
  readonly call: TextCall
  readonly seam: Seam
}

/** True for answers that a call can go on with: a text is there to go on with, and the answer is not a document, which a model would begin anew. */
export const isContinuable = ({ messages, output }: Pick<TextCall, 'messages' | 'output'>, text: string): boolean =>
  output === undefined && messages.at(-1)?.role !== 'assistant' && end(text).base !== ''

/** How an attempt goes on with an answer; `undefined` when it begins one. */
export const continuationOf = (mode: Mode, call: TextCall, text: string): Continuation | undefined =>
  mode === 'prefill' ? byPrefill(call, text) : mode === 'request' ? byRequest(call, text) : undefined

/** The error of a continuation that says something else. */
export const notJoined = ({ provider, id }: { provider: string; id: string }): AnyModelError =>
  new AnyModelError('malformed', `${provider}/${id}: its answer does not go on where the last one stopped.`, {
    provider,
    model: id,
    phase: 'pre-content',
  })

/** Goes on by prefill: the answer so far is the beginning of the model's turn. */
function byPrefill(call: TextCall, text: string): Continuation {
  const { base, tail } = end(text)
  return {
    call: { ...call, messages: [...call.messages, { role: 'assistant', content: base }] },
    seam: new Seam('', tail),
  }
}

/** Goes on by request: the model is asked to repeat the last words, so that it is seen where its text joins on, however often the same words stand in the answer. */
function byRequest(call: TextCall, text: string): Continuation {
  const { base, tail } = end(text)
  const anchor = lastWords(base)
  const content =
    'Your last message was cut off. Continue exactly where it stopped, without any introduction. ' +
    `Begin by repeating its last characters, which are:\n${anchor}`
  return {
    call: { ...call, messages: [...call.messages, { role: 'assistant', content: base }, { role: 'user', content }] },
    seam: new Seam(anchor, tail),
  }
}

/** A text without the white space at its end, which services reject in a prefill (and without half a character). */
function end(text: string): { readonly base: string; readonly tail: string } {
  const base = text.replace(/[\s\uD800-\uDBFF]+$/, '')
  return { base, tail: text.slice(base.length) }
}

/** The end of a text, from the beginning of a word where there is one. */
function lastWords(text: string): string {
  if (text.length <= repeated) return text
  const part = text.slice(-repeated)
  const word = /\s(?=\S)/.exec(part.slice(0, repeated / 2))
  return (word ? part.slice(word.index + 1) : part).replace(/^[\uDC00-\uDFFF]/, '')
}

/** Joins the text of a continuation to what was delivered: nothing is repeated, nothing is left out. */
export class Seam {
  readonly #anchor: string
  readonly #tail: string
  #text = ''
  #anchored: boolean
  #open = true

  /** `anchor`: what the text repeats first; `tail`: white space that was delivered and that the model did not get. */
  constructor(anchor: string, tail: string) {
    this.#anchor = anchor
    this.#tail = tail
    this.#anchored = anchor === ''
  }

  /** The new text in a fragment; '' while it can't be told yet; `undefined` when it does not join on. */
  join(fragment: string): string | undefined {
    if (!this.#open) return fragment
    this.#text += fragment
    if (!this.#anchored) {
      const at = this.#text.indexOf(this.#anchor)
      if (at < 0) return this.#text.length > preface + this.#anchor.length ? undefined : ''
      this.#text = this.#text.slice(at + this.#anchor.length)
      this.#anchored = true
    }
    let same = 0
    while (same < this.#tail.length && this.#text[same] === this.#tail[same]) same++
    if (same === this.#text.length && same < this.#tail.length) return ''
    this.#open = false
    return this.#text.slice(same)
  }

  /** A part as it continues what there is; `undefined` while there is nothing new; `apart` when it does not join on. Ranges of sources count from the beginning of a text that this model did not write: they are left out. */
  joinPart(part: ContentPart): ContentPart | 'apart' | undefined {
    if (part.type === 'source') {
      const { start: _start, end: _end, ...source } = part
      return source
    }
    if (part.type !== 'text') return part
    const text = this.join(part.text)
    if (text === undefined) return 'apart'
    return text === '' && !part.opaque ? undefined : { ...part, text }
  }

  /** Whether the text joined on, asked at its end. */
  get joined(): boolean {
    return this.#anchored
  }
}
