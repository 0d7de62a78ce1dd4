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

/** For so many characters a bracket that closes too much may wait to be opened again. */
const patience = 4_096

interface Repetition {
  readonly at: number
  /** Nothing that comes can make it another. */
  readonly sure: boolean
}

/**
 * Takes a completion as it comes and hands over what of it fits between prefix and suffix. It drops what repeats the line of the cursor, and ends at a stop text, at a bracket that would close too
 * much, at the line that the suffix begins with, and before an end that overlaps the suffix. What may still have to go is held back.
 */
export class Trimmer {
  cut: Cut | undefined
  readonly #settings: TrimSettings
  readonly #suffix: string
  /** The next lines after the gap, where they tell enough to be recognised. */
  readonly #next: readonly string[]
  readonly #brackets: Brackets
  readonly #closable: number
  /** How many brackets of the text around may still be closed. */
  #left: number
  /** Where in `#held` a bracket closes too much, unless it is opened again: the end of the completion tells. */
  #suspect: number | undefined
  #shown = ''
  /** What is not handed over: from the start of the completion, from a line break whose line may be the next one, or inside a line. */
  #held = ''
  /** How much of `#held` went through the brackets. */
  #seen = 0
  #start = true
  /** A line break at the front is dropped, once. */
  #unbroken = false
  /** `#held` begins with a line that may be the next line. */
  #freshLine: boolean

  constructor(settings: TrimSettings) {
    const { prefix, suffix, language } = settings
    const hash = hashComments(language)
    this.#settings = settings
    this.#suffix = suffix.slice(0, lookAhead)
    this.#freshLine = /(?:^|\n)[ \t]*$/.test(prefix)
    this.#next = nextLines(suffix, this.#freshLine)
    this.#brackets = new Brackets(hash)
    this.#closable = closable(prefix, suffix, hash)
    this.#left = this.#closable
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
    for (const wanted of echoesOf(prefix, line, echoes === true)) {
      const blank = wanted.trim() === ''
      const shown = blank ? this.#held : this.#held.trimStart()
      if (!final && shown.length <= wanted.length && wanted.startsWith(shown)) return false
      const deeper = blank && /^\s/.test(shown.slice(wanted.length))
      if (!shown.startsWith(wanted) || deeper) continue
      this.#held = shown.slice(wanted.length)
      break
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
    if (this.#suspect !== undefined && this.#held.length - this.#suspect > patience)
      this.#cutAt(this.#suspect, 'brackets')
    const repeated = this.#repeated(final)
    if (repeated?.sure) this.#cutAt(repeated.at, 'suffix')
    if (this.#suffix.length === lookAhead) this.#cutAt(this.#held.indexOf(this.#suffix), 'suffix')
  }

  #cutAt(at: number, why: Cut): void {
    if (at < 0) return
    this.#held = this.#held.slice(0, at)
    this.cut = why
  }

  /** Where a bracket on a line of its own closes more than may be closed; -1 when none does. Within a line it is a suspect. */
  #unmatched(): number {
    for (; this.#seen < this.#held.length; this.#seen++) {
      if (!this.#brackets.add(this.#held.charAt(this.#seen)) || --this.#left >= 0) continue
      const before = this.#shown + this.#held.slice(0, this.#seen)
      if (/\n[ \t]*$/.test(before.slice(-lookAhead))) return this.#seen
      this.#suspect ??= this.#seen
    }
    return -1
  }

  /** Where the next lines of the suffix begin again, or may do so once more has come. */
  #repeated(final: boolean): Repetition | undefined {
    const over = final || this.cut !== undefined
    const found = this.#repeatedIn(this.#held, over)
    if (found || over) return found
    // What may be the beginning of a stop text may go, and leave the next line.
    const stop = heldBack(this.#held, this.#settings.stop)
    const left = stop > 0 ? this.#repeatedIn(this.#held.slice(0, -stop), true) : undefined
    return left && { at: left.at, sure: false }
  }

  #repeatedIn(text: string, over: boolean): Repetition | undefined {
    const [first, second] = this.#next
    if (first === undefined) return undefined
    const lines = text.split('\n')
    const last = lines.length - 1
    let at = 0
    for (const [index, line] of lines.entries()) {
      const place = Math.max(at - 1, 0)
      at += line.length + 1
      if (index === 0 && !this.#freshLine) continue
      // A line ends with blanks, or goes on behind them.
      const mayBe = first.startsWith(line) || line.trimEnd() === first
      if (index === last && !over) return mayBe ? { at: place, sure: false } : undefined
      if (line.trimEnd() !== first) continue
      if (second === undefined) return { at: place, sure: true }
      const after = lines.findIndex((text, other) => other > index && text.trim() !== '')
      if (after < 0) return { at: place, sure: over }
      const next = lines[after] ?? ''
      if (after < last ? next.trimEnd() === second : second.startsWith(next))
        return { at: place, sure: after < last || over }
    }
    return undefined
  }

  /** How many characters at the end of what is held may still have to go. */
  #keep(): number {
    const length = this.#held.length
    const held = Math.max(
      heldBack(this.#held, this.#settings.stop),
      length - (this.#repeated(false)?.at ?? length),
      length - (this.#suspect ?? length),
    )
    // The completion may be cut where that begins, and what stands before may overlap the suffix.
    return held + this.#overlap(this.#held.slice(0, length - held))
  }

  /** How many characters at the end of a text are the beginning of the suffix; all of it counts as well. */
  #overlap(text: string): number {
    return heldBack(text, [`${this.#suffix}\n`])
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    this.#seen -= length
    this.#shown += text
    if (this.#suspect !== undefined) this.#suspect -= length
    if (length > 0) this.#freshLine = false
    return text
  }

  /** What is held, without an end that the suffix begins with. */
  #finish(): string {
    this.#cutSuspect()
    const text = this.#held
    this.#held = ''
    for (let length = Math.min(text.length, this.#suffix.length); length > 0; length--)
      if (text.endsWith(this.#suffix.slice(0, length)) && this.#isRepeated(text, length)) return text.slice(0, -length)
    return text
  }

  /** Cuts at a bracket that closed too much, unless as much was opened behind it. */
  #cutSuspect(): void {
    if (this.#suspect === undefined || this.#suspect >= this.#held.length) return
    const hash = hashComments(this.#settings.language)
    const { closed, open } = new Brackets(hash).addAll(this.#shown + this.#held)
    if (closed - open.length !== this.#closable) this.#cutAt(this.#suspect, 'brackets')
  }

  /** Whether an end that equals the beginning of the suffix was written twice, and is not the end of a word or a bracket that is needed. */
  #isRepeated(text: string, length: number): boolean {
    const end = text.slice(-length)
    const before = this.#shown.slice(-lookAhead) + text.slice(0, -length)
    const line = `${this.#settings.prefix.slice(-lookAhead)}${before}`.split('\n').at(-1) ?? ''
    // A quote that opens a text is needed, as is one character of an operator.
    if (/^["'`]$/.test(end) && line.split(end).length % 2 === 1) return false
    if (/^[^\w\s()[\]{};,:"'`]$/.test(end)) return false
    // An overlap does not begin within an indentation, nor within a word, nor end within one.
    if (/[ \t]$/.test(before) && /^[ \t]/.test(end)) return false
    const inWord = (left: string, right: string) => /\w$/.test(left) && /^\w/.test(right)
    if (inWord(before, end) || inWord(end, this.#settings.suffix.slice(length))) return false
    const { closed } = new Brackets(hashComments(this.#settings.language)).addAll(end)
    // Where the brackets around add up, those that were let through are needed.
    return closed === 0 || (this.#closable === Number.POSITIVE_INFINITY && this.#brackets.closed >= closed)
  }
}

/** What an answer may repeat at its front, the longest first: all of the prefix or the line of the cursor, and its indentation, which chat models write again. */
function echoesOf(prefix: string, line: string, chat: boolean): string[] {
  const whole = prefix.trimStart()
  return [
    ...(chat && whole.includes('\n') && whole.length <= patience ? [whole] : []),
    ...(line.trim().length >= 3 ? [line.trimStart()] : []),
    ...(chat && line !== '' && line.trim() === '' ? [line] : []),
  ]
}

/** The first lines after the gap that say something, at most two. None where the first is a bracket or the like, which may well come again. */
function nextLines(suffix: string, atLineStart: boolean): string[] {
  const lines = suffix.split('\n', 64).slice(atLineStart ? 0 : 1)
  const [first, second] = lines.filter((line) => line.trim() !== '').map((line) => line.trimEnd())
  if (first === undefined || first.length >= lookAhead || !/\w.*\w.*\w/.test(first)) return []
  return second === undefined || second.length >= lookAhead ? [first] : [first, second]
}

/** Whether a completion should stay on its line: text stands behind the cursor. */
export const staysOnLine = (suffix: string): boolean => (suffix.split('\n', 1)[0] ?? '').trim() !== ''
