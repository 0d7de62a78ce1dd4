/** Mistakes that people and models make in JavaScript, one at a place. */
const mistakes: readonly (readonly [place: RegExp, instead: (found: string) => readonly string[]])[] = [
  [/(?<![<>=!])<=(?!=)/g, () => ['<']],
  [/(?<![<>=!-])>=(?!=)/g, () => ['>']],
  [/(?<=\s)<(?=\s)/g, () => ['<=']],
  [/(?<=\s)>(?=\s)/g, () => ['>=']],
  [/(?<=[^=!])===?(?!=)/g, () => ['!==']],
  [/!==?(?!=)/g, () => ['===']],
  [/&&/g, () => ['||']],
  [/\|\|/g, () => ['&&']],
  [/(?<=[\w)\]]\s)\+(?=\s)/g, () => ['-']],
  [/(?<=[\w)\]]\s)-(?=\s)/g, () => ['+']],
  [/(?<=[\w)\]]\s)\*(?=\s)/g, () => ['+', '/']],
  [/(?<=[\w)\]]\s)\/(?=\s)/g, () => ['*']],
  [/(?<=[\w)\]]\s)%(?=\s)/g, () => ['/']],
  [
    /(?<![\w.'"])\d+(?![\w.'"])/g,
    (found) => [String(Number(found) + 1), ...(Number(found) > 0 ? [String(Number(found) - 1)] : [])],
  ],
  [/\btrue\b/g, () => ['false']],
  [/\bfalse\b/g, () => ['true']],
  [/\bMath\.max\b/g, () => ['Math.min']],
  [/\bMath\.min\b/g, () => ['Math.max']],
  [/\bMath\.floor\b/g, () => ['Math.ceil']],
  [/\.push\(/g, () => ['.unshift(']],
  [/\.every\(/g, () => ['.some(']],
  [/\.some\(/g, () => ['.every(']],
  [/\.sort\([^()]*\)/g, () => ['']],
  [/\.reverse\(\)/g, () => ['']],
]

/** All versions of code with one mistake in it, in the order of their places. Some may be right all the same. */
export function mutantsOf(code: string): string[] {
  const mutants = mistakes.flatMap(([place, instead]) =>
    [...code.matchAll(place)].flatMap(({ 0: found, index }) =>
      instead(found).map((other) => ({ index, text: code.slice(0, index) + other + code.slice(index + found.length) })),
    ),
  )
  return [...new Set(mutants.sort((a, b) => a.index - b.index).map(({ text }) => text))]
}
