import { firstStop, heldBack } from '@anymodel/core/stop'
import { Brackets, closable, hashComments } from './brackets.ts'

/** Why a completion ends where it does, if not where the model ended it. */
export type Cut = 'stop' | 'line' | 'brackets' | 'suffix'

export interface TrimSettings {
  /** What stands before the gap, whole. */
  readonly prefix: string
  /** What stands after it, whole. */
  readonly suffix: string
  readonly language?: string | undefined
  /** Texts that end the completion. */
  readonly stop: readonly string[]
  /** End it at the first line break. */
  readonly oneLine: boolean
  /** The model was shown the indentation before the gap as text and may write it again. */
  readonly echoes?: boolean | undefined
}

/** So much of the suffix is looked for in the completion. */
const lookAhead = 256

/**
 * Takes a completion as it comes and hands over what of it fits between prefix and suffix. It drops what repeats the line of the cursor, and ends at a stop text, at a bracket that would close too
 * much, at the line that the suffix begins with, and before an end that overlaps the suffix. What may still have to go is held back.
 */
export class Trimmer {
  cut: Cut | undefined
  readonly #settings: TrimSettings
  readonly #suffix: string
  /** The next line after the gap, trimmed, where it tells enough to be recognised. */
  readonly #nextLine: string | undefined
  readonly #brackets: Brackets
  #closable: number
  /** What is not handed over: from the start of the completion, from a line break whose line may be the next one, or inside a line. */
  #held = ''
  /** How much of `#held` went through the brackets. */
  #seen = 0
  #start = true
  /** A line break at the front is dropped, once. */
  #unbroken = false
  /** The last character that was handed over. */
  #last = ''
  /** `#held` begins with a line that may be the next line. */
  #freshLine: boolean

  constructor(settings: TrimSettings) {
    const { prefix, suffix, language } = settings
    const hash = hashComments(language)
    this.#settings = settings
    this.#suffix = suffix.slice(0, lookAhead)
    this.#freshLine = /(?:^|\n)[ \t]*$/.test(prefix)
    this.#nextLine = nextLineOf(suffix, this.#freshLine)
    this.#brackets = new Brackets(hash)
    this.#closable = closable(prefix, suffix, hash)
  }

  /** Takes a fragment and gives what is safe to show. */
  push(text: string): string {
    if (this.cut) return ''
    this.#held += text
    if (this.#start && !this.#dropEcho(false)) return ''
    this.#look(false)
    return this.cut ? this.#finish() : this.#release(this.#held.length - this.#keep())
  }

  /** The completion is over: gives the rest of it. */
  end(): string {
    if (this.cut) return ''
    if (this.#start) this.#dropEcho(true)
    this.#look(true)
    return this.#finish()
  }

  /** Drops the line of the cursor from the front. False while more text has to decide whether it stands there. */
  #dropEcho(final: boolean): boolean {
    const { prefix, echoes } = this.#settings
    const line = prefix.slice(prefix.lastIndexOf('\n') + 1)
    if (echoes && line.trim() === '') {
      // The line is blank already: a break in front of the answer is how it was laid out.
      if (this.#held === '' && !final) return false
      if (!this.#unbroken) this.#held = this.#held.replace(/^\n/, '')
      this.#unbroken = true
    }
    const wanted = line.trim() === '' ? (echoes ? line : '') : line.trimStart()
    if (wanted !== '' && (wanted.trim() === '' || wanted.trim().length >= 3)) {
      const shown = wanted.trim() === '' ? this.#held : this.#held.trimStart()
      if (!final && shown.length <= wanted.length && wanted.startsWith(shown)) return false
      const deeper = wanted.trim() === '' && /^\s/.test(shown.slice(wanted.length))
      if (shown.startsWith(wanted) && !deeper) this.#held = shown.slice(wanted.length)
    }
    this.#start = false
    return true
  }

  /** Cuts what is held at the first place that ends the completion. */
  #look(final: boolean): void {
    const { stop, oneLine } = this.#settings
    this.#cutAt(firstStop(this.#held, stop), 'stop')
    if (oneLine) this.#cutAt(this.#held.indexOf('\n'), 'line')
    this.#cutAt(this.#unmatched(), 'brackets')
    this.#cutAt(this.#repeated(final), 'suffix')
    if (this.#suffix.length === lookAhead) this.#cutAt(this.#held.indexOf(this.#suffix), 'suffix')
  }

  #cutAt(at: number, why: Cut): void {
    if (at < 0) return
    this.#held = this.#held.slice(0, at)
    this.cut = why
  }

  /** Where a bracket closes more than may be closed; -1 when none does. */
  #unmatched(): number {
    for (; this.#seen < this.#held.length; this.#seen++)
      if (this.#brackets.add(this.#held.charAt(this.#seen)) && --this.#closable < 0) return this.#seen
    return -1
  }

  /** Where the next line of the suffix begins again; -1 when it does not. */
  #repeated(final: boolean): number {
    if (this.#nextLine === undefined) return -1
    const lines = this.#held.split('\n')
    let at = 0
    for (const [index, line] of lines.entries()) {
      const whole = index < lines.length - 1 || final || this.cut !== undefined
      if (whole && (index > 0 || this.#freshLine) && line.trim() === this.#nextLine) return Math.max(at - 1, 0)
      at += line.length + 1
    }
    return -1
  }

  /** How many characters at the end of what is held may still have to go. */
  #keep(): number {
    const { stop } = this.#settings
    const last = this.#held.lastIndexOf('\n')
    const line = this.#held.slice(last + 1).trimStart()
    const open = (last >= 0 || this.#freshLine) && this.#nextLine?.startsWith(line.trimEnd())
    const held = Math.max(heldBack(this.#held, stop), open ? this.#held.length - Math.max(last, 0) : 0)
    // The completion may be cut where that begins, and what stands before may overlap the suffix.
    return held + this.#overlap(this.#held.slice(0, this.#held.length - held))
  }

  /** How many characters at the end of a text are the beginning of the suffix; all of it counts as well. */
  #overlap(text: string): number {
    return heldBack(text, [`${this.#suffix}\n`])
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length)
    if (length > 0) this.#last = text.slice(-1)
    this.#held = this.#held.slice(length)
    this.#seen -= length
    if (length > 0) this.#freshLine = false
    return text
  }

  /** What is held, without an end that the suffix begins with. */
  #finish(): string {
    const text = this.#held
    this.#held = ''
    for (let length = Math.min(text.length, this.#suffix.length); length > 0; length--)
      if (text.endsWith(this.#suffix.slice(0, length)) && this.#isRepeated(text, length)) return text.slice(0, -length)
    return text
  }

  /** Whether an end that equals the beginning of the suffix was written twice, and is not the end of a word or a bracket that is needed. */
  #isRepeated(text: string, length: number): boolean {
    const end = text.slice(-length)
    const inWord = (before: string, after: string) => /\w$/.test(before) && /^\w/.test(after)
    if (inWord(this.#last + text.slice(0, -length), end) || inWord(end, this.#settings.suffix.slice(length)))
      return false
    const { closed } = new Brackets(hashComments(this.#settings.language)).addAll(end)
    // Where the brackets around add up, those that were let through are needed.
    return closed === 0 || (this.#closable === Number.POSITIVE_INFINITY && this.#brackets.closed >= closed)
  }
}

/** The first line after the gap that says something, trimmed. Without it where it is a bracket, which may well come again. */
function nextLineOf(suffix: string, atLineStart: boolean): string | undefined {
  const lines = suffix.split('\n', 64).slice(atLineStart ? 0 : 1)
  const line = lines.find((line) => line.trim() !== '')?.trim()
  return line !== undefined && line.length < lookAhead && /\w.*\w.*\w/.test(line) ? line : undefined
}

/** Whether a completion should stay on its line: text stands behind the cursor. */
export const staysOnLine = (suffix: string): boolean => (suffix.split('\n', 1)[0] ?? '').trim() !== ''
