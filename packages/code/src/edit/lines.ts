/** A line of a file, with the characters that end it; only the last line may have none. */
export interface Line {
  readonly text: string
  readonly end: string
}

/** The lines of a text. Joined again with `joinLines` they are the text, character for character. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = []
  let at = 0
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: text.slice(at, match.index), end: match[0] })
    at = match.index + match[0].length
  }
  if (at < text.length) lines.push({ text: text.slice(at), end: '' })
  return lines
}

export const joinLines = (lines: readonly Line[]): string => lines.map(({ text, end }) => text + end).join('')

/** How most lines of a text end. Default `\n`. */
function usualEnd(lines: readonly Line[]): string {
  const counts = new Map<string, number>()
  for (const { end } of lines) if (end !== '') counts.set(end, (counts.get(end) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '\n'
}

/**
 * The lines with `count` of them from `at` on replaced. Lines that stay the same at both ends of the replacement stay as they are; new ones end as most lines of the file do. A file keeps its last line
 * break, or keeps having none.
 */
export function replaceLines(lines: readonly Line[], at: number, count: number, texts: readonly string[]): Line[] {
  const old = lines.slice(at, at + count)
  let front = 0
  while (front < Math.min(old.length, texts.length) && old[front]?.text === texts[front]) front++
  let back = 0
  while (back < Math.min(old.length, texts.length) - front && old.at(-1 - back)?.text === texts.at(-1 - back)) back++
  const end = usualEnd(lines)
  const fresh = texts.slice(front, texts.length - back).map((text) => ({ text, end }))
  const result = [...lines.slice(0, at + front), ...fresh, ...old.slice(old.length - back), ...lines.slice(at + count)]
  const open = lines.length > 0 && lines.at(-1)?.end === ''
  return result.map((line, index) => {
    if (index < result.length - 1) return line.end === '' ? { ...line, end } : line
    return open === (line.end === '') ? line : { ...line, end: open ? '' : end }
  })
}

/** A text whose lines end as those of another text do, where that has lines that end. */
export function endLike(text: string, model: string): string {
  const lines = splitLines(model)
  if (!lines.some(({ end }) => end !== '')) return text
  const end = usualEnd(lines)
  return joinLines(splitLines(text).map((line) => (line.end === '' ? line : { ...line, end })))
}
