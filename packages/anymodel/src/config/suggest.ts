/** " Did you mean x?" for the name nearest to a mistyped one; an empty text when none is near. */
export function suggestion(typed: string, names: Iterable<string>): string {
  const wanted = plain(typed)
  let nearest: string | undefined
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const steps = distance(wanted, plain(name))
    if (steps < least) {
      nearest = name
      least = steps
    }
  }
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}

/** Case, hyphens and underscores are what people mix up most. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '')

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
