import type { Line } from './lines.ts'

/** How alike lines must be to be shown as what may have been meant. */
const likeness = 0.6

/** Beyond this much comparing, in lines times characters, nothing is looked for. */
const limit = 20_000_000

/** What to tell a model whose lines are not in the file: the most similar lines there are, and whether the new ones are there already. */
export function mismatch(search: readonly string[], lines: readonly Line[], replace: readonly string[]): string {
  const texts = lines.map(({ text }) => text)
  const told = ['The lines to find are not in the file.']
  const near = mostLike(search, texts)
  if (near) told.push(`Did you mean to match some of these actual lines?\n\n${near.join('\n')}`)
  const wanted = replace.join('\n')
  if (wanted.trim() !== '' && texts.join('\n').includes(wanted))
    told.push('The new lines are in the file already: is this edit needed at all?')
  return told.join('\n')
}

function mostLike(search: readonly string[], texts: readonly string[]): readonly string[] | undefined {
  const characters = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length + 1, 0)
  const work = search.length * characters(texts) + texts.length * characters(search)
  if (search.length === 0 || work > limit) return undefined
  const bags = search.map(wordsOf)
  const lines = texts.map(wordsOf)
  let best = { score: 0, at: 0 }
  for (let at = 0; at + bags.length <= Math.max(lines.length, bags.length); at++) {
    let score = 0
    for (const [index, bag] of bags.entries()) score += alike(bag, lines[at + index] ?? [])
    if (score > best.score) best = { score, at }
  }
  return best.score / bags.length >= likeness ? texts.slice(best.at, best.at + search.length) : undefined
}

const wordsOf = (line: string): readonly string[] => line.match(/\w+|[^\s\w]/g) ?? []

/** Twice the words in common, by all words: 1 for the same words. */
function alike(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 1
  const counts = new Map<string, number>()
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1)
  let common = 0
  for (const word of b) {
    const left = counts.get(word) ?? 0
    if (left > 0) common++
    counts.set(word, left - 1)
  }
  return (2 * common) / (a.length + b.length)
}
