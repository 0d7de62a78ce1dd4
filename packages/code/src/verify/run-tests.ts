import type { Json } from '@anymodel/core'
import type { CodeTests, TestCase, TestCases, TestOutcome, TestProgram, TestReport } from './code-tests.ts'
import { sameJson, sameText } from './compare.ts'
import type { Candidate } from './program.ts'
import { callAll, type Outcome, runScripts } from './run-inputs.ts'
import { assemblyOf, type Bench, lastWords, newMark, recordsOf, runProgram, shortened } from './run-program.ts'

/** Runs tests on code in the sandbox. A program that fails is a report; rejects with what the sandbox rejects with. */
export async function runTests(code: Candidate, tests: CodeTests, bench: Bench): Promise<TestReport> {
  if (typeof tests !== 'string' && 'cases' in tests) return runCases(code, tests, bench)
  return runTestProgram(code, typeof tests === 'string' ? { text: tests } : tests, bench)
}

async function runTestProgram(code: Candidate, tests: TestProgram, bench: Bench): Promise<TestReport> {
  const mark = newMark()
  const result = await runProgram(assemblyOf(bench.language).tests(code, tests, mark), bench)
  const records = recordsOf(result.stdout, mark)
  const done = records.some((record) => record.done === true)
  const named = records.flatMap((record): TestOutcome[] =>
    typeof record.name === 'string' ? [toOutcome(record.name, record.passed === true, record.message)] : [],
  )
  const passed = done && result.outcome === 'exited' && result.exitCode === 0 && named.every((test) => test.passed)
  const early = result.outcome === 'exited' && !done && result.exitCode === 0
  const words = early ? 'The program ended before its tests did.' : lastWords(result)
  const whole = passed ? {} : { message: words || 'A test failed.' }
  const outcomes = named.length > 0 ? named : [{ name: 'tests', passed, ...whole }]
  return report(passed, outcomes, result.durationMs, named.length > 0 ? words : '')
}

const toOutcome = (name: string, passed: boolean, message: unknown): TestOutcome => ({
  name: name.slice(0, 200),
  passed,
  ...(passed || typeof message !== 'string' || message === '' ? {} : { message }),
})

function report(passed: boolean, tests: readonly TestOutcome[], durationMs: number, words: string): TestReport {
  if (passed) return { passed, tests, durationMs }
  const failed = tests.filter((test) => !test.passed).slice(0, 5)
  const told = failed.map(({ name, message = 'failed' }) => `${name}: ${message}`)
  return { passed, tests, failure: shortened([...told, words].join('\n').trim(), 4_000), durationMs }
}

async function runCases(code: Candidate, { cases, entryPoint }: TestCases, bench: Bench): Promise<TestReport> {
  const inputs = cases.map(({ input }) => input)
  const { outcomes, durationMs } =
    entryPoint === undefined
      ? await runScripts(code, inputs as readonly string[], bench)
      : await callAll(code, entryPoint, inputs as readonly (readonly Json[])[], bench)
  const tests = cases.map((test, index) => judged(test, index, outcomes[index]))
  return report(
    tests.every((test) => test.passed),
    tests,
    durationMs,
    '',
  )
}

function judged({ input, output }: TestCase, index: number, outcome: Outcome | undefined): TestOutcome {
  const name = `case ${index + 1}`
  if (outcome === undefined) return { name, passed: false, message: 'It was not reached.' }
  const given = shortened(typeof input === 'string' ? input : JSON.stringify(input).slice(1, -1), 500)
  if ('error' in outcome) return { name, passed: false, message: `For ${given} it failed: ${outcome.error}` }
  const same = typeof input === 'string' ? sameText(outcome.value, output) : sameJson(outcome.value, output)
  if (same) return { name, passed: true }
  const [got, wanted] = [outcome.value, output].map((value) => shortened(JSON.stringify(value), 500))
  return { name, passed: false, message: `For ${given} it gave ${got}, not ${wanted}.` }
}
