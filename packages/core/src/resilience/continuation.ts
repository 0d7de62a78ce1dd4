import type { TextCall } from '../contract/text.ts'

/** How much of the answer's end a model that can't be prefilled is asked to repeat, and how much it may say before. */
const repeated = 40
const preface = 200

/** A call that goes on with an answer, and what joins the rest to what there is. */
export interface Continuation {
  readonly call: TextCall
  readonly seam: Seam
}

/** True for answers that a call can go on with: a text is there to go on with, and the answer is not a document, which a model would begin anew. */
export const isContinuable = ({ messages, output }: Pick<TextCall, 'messages' | 'output'>, text: string): boolean =>
  output === undefined && messages.at(-1)?.role !== 'assistant' && end(text).base !== ''

/** Goes on by prefill: the answer so far is the beginning of the model's turn. */
export function byPrefill(call: TextCall, text: string): Continuation {
  const { base, tail } = end(text)
  return {
    call: { ...call, messages: [...call.messages, { role: 'assistant', content: base }] },
    seam: new Seam('', tail),
  }
}

/** Goes on by request: the model is asked to repeat the last words, so that it is seen where its text joins on, however often the same words stand in the answer. */
export function byRequest(call: TextCall, text: string): Continuation {
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

  /** Whether the text joined on, asked at its end. */
  get joined(): boolean {
    return this.#anchored
  }
}
