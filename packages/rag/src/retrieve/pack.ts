import { joinPassages, type Passage } from './passages.ts'

export interface PackOptions {
  /** At most so many tokens. Default 4,000. */
  readonly tokens?: number
  /** Counts the tokens of a text. Default: an estimate, 4 characters of Latin script or 1 of another a token. */
  readonly countTokens?: (text: string) => number
}

/**
 * Chooses passages, best first, that fit a budget together, joins those that overlap, and orders them so that the best stand at both ends, where models read best (Liu et al. 2023, "Lost in the middle"). The best passage is cut when
 * it alone is too long; others that don't fit are left out.
 */
export function packPassages(
  passages: readonly Passage[],
  { tokens = 4_000, countTokens = estimateTokens }: PackOptions = {},
): Passage[] {
  let chosen: readonly Passage[] = []
  for (const passage of [...passages].sort((a, b) => b.score - a.score)) {
    const next = joinPassages([...chosen, passage])
    if (next.reduce((sum, { text }) => sum + countTokens(text), 0) <= tokens) chosen = next
    else if (chosen.length === 0) return cutTo(passage, tokens, countTokens)
  }
  const front = chosen.filter((_, at) => at % 2 === 0)
  const back = chosen.filter((_, at) => at % 2 === 1)
  return [...front, ...back.reverse()]
}

/** The longest beginning that fits, ending with a word. */
function cutTo(passage: Passage, tokens: number, countTokens: (text: string) => number): Passage[] {
  let [low, high] = [0, passage.text.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (countTokens(passage.text.slice(0, middle)) <= tokens) low = middle
    else high = middle - 1
  }
  const text = passage.text.slice(0, low).replace(/\S*$/, '').trimEnd()
  return text === '' ? [] : [{ ...passage, text, end: passage.start + text.length }]
}

/** A rough count of tokens, rather too many than too few. */
export function estimateTokens(text: string): number {
  const latin = text.match(/[\p{Script=Latin}\p{Script=Common}]/gu)?.length ?? 0
  return Math.ceil(latin / 4 + ([...text].length - latin))
}
