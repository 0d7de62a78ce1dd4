import { type TestCase, type TestCases, testCode } from '@anymodel/code'
import type { Json, Sandbox, SandboxLimits } from '@anymodel/core'
import { mutantsOf } from './mutants.ts'
import { callsOf } from './mxeval.ts'
import { type EvalTask, programOf } from './task.ts'

/** Where programs run, and for how long. */
export interface GainBench {
  readonly sandbox: Sandbox
  readonly limits: SandboxLimits
}

/** A task with a right answer and wrong ones that were seen to fail its tests. */
export interface GainTask {
  readonly task: EvalTask
  readonly right: string
  /** The most frequent mistake first. */
  readonly wrong: readonly string[]
  /** The first of its tests alone. */
  readonly oneTest: TestCases
  /** Variations of the arguments in its examples. */
  readonly inputs: readonly (readonly Json[])[]
}

const [least, most] = [3, 6]

/** Makes a task of the dataset ready; `undefined` where its own solution fails, its tests are no JSON, or fewer than 3 mistakes are seen by its tests. */
export async function gainTaskOf(
  task: EvalTask,
  { sandbox, limits }: GainBench,
  random: () => number,
): Promise<GainTask | undefined> {
  const cases = casesOf(task)
  if (task.solution === undefined || cases === undefined) return undefined
  const right = programOf(task, task.solution)
  const passes = async (code: string) =>
    (await testCode({ code, tests: task.tests, language: task.language, sandbox, limits })).passed
  if (!(await passes(right))) return undefined
  const wrong: string[] = []
  for (const mutant of shuffled(mutantsOf(task.solution), random).slice(0, 2 * most)) {
    const code = programOf(task, mutant)
    if (!(await passes(code))) wrong.push(code)
    if (wrong.length === most) break
  }
  if (wrong.length < least) return undefined
  const [first] = cases
  const lists = cases.map(({ input }) => input as readonly Json[])
  const inputs = Array.from({ length: 10 }, (_, at) => varied(lists[at % lists.length] as Json, random) as Json[])
  return { task, right, wrong, oneTest: { entryPoint: task.entryPoint, cases: [first as TestCase] }, inputs }
}

function casesOf({ tests }: EvalTask): TestCase[] | undefined {
  try {
    const cases = callsOf(tests.text).map(({ args, value }) => ({
      input: args.map((arg) => JSON.parse(arg) as Json),
      output: JSON.parse(value) as Json,
    }))
    return cases.length > 0 ? cases : undefined
  } catch {
    return undefined
  }
}

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** A value of the same shape with something changed: the outer list is one of arguments and keeps its length. */
function varied(value: Json, random: () => number, inner = false): Json {
  if (typeof value === 'number') return pick([value + 1, Math.max(0, value - 1), value * 2, 1, value], random)
  if (typeof value === 'boolean') return random() < 0.5
  if (typeof value === 'string')
    return pick([value, value.slice(1), value + value, [...value].reverse().join(''), `${value}a`], random)
  if (!Array.isArray(value) || value.length === 0) return value
  const changed = value.map((item) => (random() < 0.5 ? varied(item, random, true) : item))
  return inner
    ? pick([changed, changed.slice(0, -1), [...changed].reverse(), [...changed, changed[0] as Json]], random)
    : changed
}
