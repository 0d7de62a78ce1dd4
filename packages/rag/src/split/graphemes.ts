import type { Span } from '../contract.ts'

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const words = new Intl.Segmenter('und', { granularity: 'word' })

/** True where a cut at `at`, next to white space, would part a character from its marks. */
const joined = (text: string, at: number): boolean => {
  if (text.charCodeAt(at) < 0x300 && text.charCodeAt(at - 1) < 0x300) {
    return text.charCodeAt(at) === 10 && text.charCodeAt(at - 1) === 13
  }
  const before = text.codePointAt(at - 1 - (isLow(text, at - 1) ? 1 : 0)) ?? 0
  const pair = String.fromCodePoint(before, text.codePointAt(at) ?? 0)
  return graphemes.segment(pair).containing(0)?.segment.length === pair.length
}

const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00
const isSpace = (text: string, at: number): boolean => /\s/.test(text.charAt(at))

/** The span without white space at its ends. White space that carries a mark stays: it is one character with it. */
export function trimmed(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end]
  while (from < to && isSpace(text, from) && (from + 1 === to || !joined(text, from + 1) || text[from] === '\r')) from++
  while (to > from && isSpace(text, to - 1) && (to - 1 === from || !joined(text, to - 1) || text[to - 1] === '\n')) to--
  return { start: from, end: to }
}

/** True where a text may be cut that has white space on one side. */
export const mayCut = (text: string, at: number): boolean => at <= 0 || at >= text.length || !joined(text, at)

/** A character of more code units than that is no character of any script: it may be cut. */
const longestGrapheme = 64

/** The last place at or before `to` where `text` may be cut: between words where there are some, else between characters. `start` is where a character begins; one is passed at least. */
export function lastCut(text: string, start: number, to: number): number {
  const window = text.slice(start, Math.max(to, start + longestGrapheme) + 2)
  const characters = graphemes.segment(window)
  const word = words.segment(window).containing(to - start)?.index ?? 0
  for (const most of [word, to - start]) {
    const at = characters.containing(most)?.index ?? 0
    if (at > 0) return start + at
  }
  const grapheme = characters.containing(0)?.segment.length ?? 1
  if (grapheme <= longestGrapheme) return start + grapheme
  return isLow(text, to) ? Math.max(to - 1, start + 2) : to
}

/** The first place at or after `from` where a word begins, before `end`; `end` when there is none. `start` is where a character begins. */
export function nextWord(text: string, start: number, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (isSpace(text, at - 1) && !isSpace(text, at) && !joined(text, at)) return at
  }
  const segments = words.segment(text.slice(start, end))
  const characters = graphemes.segment(text.slice(start, end))
  for (let at = from; at < end; ) {
    const segment = segments.containing(at - start)
    if (!segment) return end
    const { index } = segment
    if (index + start >= from && segment.isWordLike && characters.containing(index)?.index === index)
      return index + start
    at = start + index + segment.segment.length
  }
  return end
}
