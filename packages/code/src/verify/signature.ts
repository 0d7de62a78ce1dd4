import { createHash } from 'node:crypto'
import { failing } from './cluster.ts'
import type { TestInput, TestReport } from './code-tests.ts'
import { trimmedOutput } from './compare.ts'
import type { Candidate } from './program.ts'
import { callAll, type Outcome, runScripts } from './run-inputs.ts'
import type { Bench } from './run-program.ts'

/** What code does on inputs, as a short text: the same for code that gives the same values and fails at the same inputs. */
export async function signatureOn(
  inputs: readonly TestInput[],
  entryPoint: string | undefined,
  code: Candidate,
  bench: Bench,
): Promise<string> {
  const lists = inputs.filter((input) => typeof input !== 'string')
  const { outcomes } =
    entryPoint === undefined
      ? await runScripts(
          code,
          inputs.filter((input) => typeof input === 'string'),
          bench,
        )
      : await callAll(code, entryPoint, lists, bench)
  if (outcomes.every((outcome) => 'error' in outcome)) return failing
  return hash(outcomes.map(behaviour).join('\n'))
}

/** What tests say, as a short text: for code that can't be compared on inputs. */
export const signatureOf = (report: TestReport): string =>
  hash(report.tests.map(({ name, passed }) => `${passed} ${name}`).join('\n'))

function behaviour(outcome: Outcome): string {
  // An exception by its name: messages differ where behaviour doesn't.
  if ('error' in outcome) return `error ${/^\w*/.exec(outcome.error)?.[0]}`
  if (typeof outcome.value === 'string') return trimmedOutput(outcome.value)
  try {
    return JSON.stringify(outcome.value, plainOrder)
  } catch {
    return 'a value that nests too deeply'
  }
}

/** Keys in order, numbers to twelve digits: equal values have one text. */
const plainOrder = (_: string, value: unknown): unknown => {
  if (typeof value === 'number') return Number(value.toPrecision(12))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
