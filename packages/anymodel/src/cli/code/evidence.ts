import type { CodeAttempt, VerifiedCode } from '@anymodel/code'
import { paint } from '../output.ts'
import { table } from '../table.ts'

/** What became of an attempt, in a few words. */
export function outcomeOf({ tests, problem, duplicateOf }: CodeAttempt): string {
  const same = duplicateOf === undefined ? '' : ` (the same as attempt ${duplicateOf + 1})`
  if (problem !== undefined) return sayingOf(problem) + same
  if (tests === undefined) return `runs${same}`
  const passed = tests.tests.filter((test) => test.passed).length
  if (tests.passed) return `passes all ${tests.tests.length} tests${same}`
  const why = tests.tests.find((test) => !test.passed)?.message ?? tests.failure ?? ''
  return `passes ${passed} of ${tests.tests.length} tests${why === '' ? '' : `: ${sayingOf(why)}`}${same}`
}

/** What is known about code, for a terminal: a line for each attempt, then the sums. */
export function evidenceLines({ passed, problem, evidence }: VerifiedCode): string {
  const { attempts, chosen, clusters, agreement, passAtK, usage, cost, notes } = evidence
  const colour = (made: CodeAttempt) => (made.tests?.passed ? 'green' : made.problem === undefined ? 'reset' : 'dim')
  const rows = attempts.map((made) => [
    made.index === chosen ? '*' : ' ',
    String(made.index + 1),
    made.round === 0 ? 'sample' : `repair ${made.round}`,
    made.model,
    made.temperature?.toFixed(1) ?? '',
    paint(colour(made), outcomeOf(made), process.stderr),
  ])
  const sums = [
    passed ? paint('green', 'Passed.', process.stderr) : paint('red', `Not passed: ${problem ?? ''}`, process.stderr),
    clusters.length > 1 || agreement < 1
      ? `${percent(agreement)} of those that ran do the same as the chosen one.`
      : '',
    passAtK === undefined
      ? ''
      : `${Object.entries(passAtK)
          .map(([k, share]) => `pass@${k} ${percent(share)}`)
          .join(', ')}.`,
    usage.output === undefined ? '' : `Tokens: ${usage.input ?? '?'} in, ${usage.output} out.`,
    cost === undefined ? '' : `Cost: ${cost.toFixed(4)}.`,
    ...notes.map((note) => paint('dim', note, process.stderr)),
  ]
  return `${table(rows)}${sums
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('')}`
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

/** The line that says what is wrong: of a stack the one with the error. */
function sayingOf(text: string): string {
  const lines = text.trim().split('\n')
  const line = (lines.find((line) => /^\s*\w*Error\b/.test(line)) ?? lines[0] ?? '').trim()
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
