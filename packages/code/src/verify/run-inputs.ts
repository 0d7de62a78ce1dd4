import type { Json } from '@anymodel/core'
import type { Candidate } from './program.ts'
import { assemblyOf, type Bench, lastWords, newMark, recordsOf, runProgram } from './run-program.ts'

/** What code did with one input. */
export type Outcome = { readonly value: Json } | { readonly error: string }

export interface Outcomes {
  /** By input; shorter than the inputs when the program was ended. */
  readonly outcomes: readonly Outcome[]
  readonly durationMs: number
}

/** Calls a function of the code with each list of arguments, all in one run: what comes after an input that ends the program has no outcome. */
export async function callAll(
  code: Candidate,
  entryPoint: string,
  inputs: readonly (readonly Json[])[],
  bench: Bench,
): Promise<Outcomes> {
  const mark = newMark()
  const result = await runProgram(assemblyOf(bench.language).calls(code, entryPoint, inputs, mark), bench)
  const records = recordsOf(result.stdout, mark)
  const outcomes: Outcome[] = []
  for (const record of records) {
    if (record.index !== outcomes.length) continue
    if (typeof record.error === 'string') outcomes.push({ error: `${record.error}: ${record.message}` })
    else outcomes.push({ value: record.value as Json })
  }
  const whole = records.some((record) => record.done === true)
  if (!whole && outcomes.length < inputs.length)
    outcomes.push({ error: lastWords(result) || 'The program ended before it was asked.' })
  return { outcomes, durationMs: result.durationMs }
}

/** Runs the code once for each text on standard input. */
export async function runScripts(code: Candidate, inputs: readonly string[], bench: Bench): Promise<Outcomes> {
  const program = assemblyOf(bench.language).script(code)
  const outcomes: Outcome[] = []
  let durationMs = 0
  for (const stdin of inputs) {
    const result = await runProgram(program, bench, stdin)
    durationMs += result.durationMs
    const fine = result.outcome === 'exited' && result.exitCode === 0
    outcomes.push(fine ? { value: result.stdout } : { error: lastWords(result) || 'It failed.' })
    // One that doesn't end would take its time for every input.
    if (result.outcome === 'timeout') break
  }
  return { outcomes, durationMs }
}
