import type { GeneratedCode } from '../generate/generate-code.ts'
import { askForCode, filesOf, type Request } from './ask-for-code.ts'
import type { Ledger } from './ledger.ts'
import type { Candidate } from './program.ts'
import type { Bench } from './run-program.ts'
import { runTests } from './run-tests.ts'
import { checkSyntax } from './static-check.ts'
import { typeProblem } from './type-check.ts'
import type { CodeAttempt, VerifyEvent } from './verify-options.ts'
import type { Plan } from './verify-plan.ts'

/** A search for code, on its way. */
export interface Search {
  readonly plan: Plan
  readonly ledger: Ledger
  readonly emit: (event: VerifyEvent) => void | Promise<void>
  /** By index. */
  readonly attempts: CodeAttempt[]
  /** What is tested, by fingerprint. */
  readonly tested: Map<string, { readonly index: number; readonly verdict: Promise<Verdict> }>
  readonly notes: Set<string>
  /** Of the first request that failed. */
  failure: unknown
}

/** What is to be tried. */
export interface Try extends Request {
  readonly index: number
  readonly round: number
  readonly repairOf?: number
}

type Found = Pick<CodeAttempt, 'code' | 'files' | 'usage' | 'duplicateOf' | 'problem' | 'tests'>

/** Whether an attempt is as good as can be told before attempts are compared. */
export const isGood = ({ plan }: Search, { code, problem, tests }: CodeAttempt): boolean =>
  code !== '' && problem === undefined && (plan.options.tests === undefined || tests?.passed === true)

/** Asks for code, checks and tests it. What goes wrong with it is part of the attempt; rejects only when the caller aborts, or the sandbox itself fails. */
export async function attempt(search: Search, to: Try, signal: AbortSignal): Promise<void> {
  const { emit, attempts, plan } = search
  const model = `${to.model.provider}/${to.model.id}`
  const { index, round, temperature, repairOf } = to
  const about = {
    index,
    round,
    model,
    ...(temperature === undefined ? {} : { temperature }),
    ...(repairOf === undefined ? {} : { repairOf }),
  }
  await emit({ type: 'attempt-start', index, round, model })
  const found = await made(search, to, signal)
  plan.options.signal?.throwIfAborted()
  const done = { ...about, ...found }
  attempts[index] = done
  await emit({ type: 'attempt-end', attempt: done })
}

async function made(search: Search, to: Try, signal: AbortSignal): Promise<Found> {
  const { options, language } = search.plan
  let answer: GeneratedCode
  try {
    answer = await askForCode(options, to, signal)
  } catch (error) {
    if (!signal.aborted) search.failure ??= error
    const problem = signal.aborted ? 'It was ended before its answer came.' : `The request failed: ${messageOf(error)}`
    return { code: '', files: [], usage: {}, problem }
  }
  const { code, usage } = answer
  search.ledger.add(usage, to.model)
  for (const { message } of answer.warnings) search.notes.add(message)
  const found = { code, files: filesOf(answer, language), usage }
  try {
    return { ...found, ...(await judged(search, to.index, found, signal)) }
  } catch (error) {
    if (!signal.aborted) throw error
    return { ...found, problem: 'It was ended before its tests were done.' }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 1_000)

type Verdict = Pick<Found, 'problem' | 'tests'>

/** What is wrong with code before it runs, else what the tests say. Code that differs in white space and comments only is judged once. */
async function judged(
  { plan, tested, notes }: Search,
  index: number,
  code: Candidate,
  signal: AbortSignal,
): Promise<Verdict & Pick<Found, 'duplicateOf'>> {
  const check = await checkSyntax(code.code, plan.language)
  for (const note of check.notes) notes.add(note)
  if (check.problem !== undefined) return { problem: check.problem }
  const before = tested.get(check.fingerprint)
  if (before) return { duplicateOf: before.index, ...(await before.verdict) }
  const verdict = verdictOn(code, plan, notes, signal)
  tested.set(check.fingerprint, { index, verdict })
  return verdict
}

async function verdictOn(code: Candidate, plan: Plan, notes: Set<string>, signal: AbortSignal): Promise<Verdict> {
  const { tests } = plan.options
  const problem = await problemWithTypes(code, plan, notes, signal)
  if (problem) return { problem }
  const bench = benchOf(plan, signal)
  return bench === undefined || tests === undefined ? {} : { tests: await runTests(code, tests, bench) }
}

/** Of JavaScript the tests say all that a compiler would. */
async function problemWithTypes(
  { code }: Candidate,
  { language, options }: Plan,
  notes: Set<string>,
  signal: AbortSignal,
) {
  const { tests, typeCheck = true } = options
  const typed = language === 'typescript' || (language === 'javascript' && tests === undefined)
  if (!typed || !typeCheck) return
  const problem = await typeProblem(code, language, signal)
  if (problem === undefined) notes.add(`Types not checked: install typescript to check ${language} before it runs.`)
  return problem
}

/** Where code runs; `undefined` for languages that are parsed only. */
export const benchOf = ({ sandbox, language, options }: Plan, signal: AbortSignal): Bench | undefined =>
  sandbox && { sandbox, language, limits: options.limits, signal }
