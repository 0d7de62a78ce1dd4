import { type CodeTests, generateVerifiedCode } from '@anymodel/code'
import type { TextModel } from '@anymodel/core'
import { mockModel, seeded } from '@anymodel/testing'
import { tasksOf } from './datasets.ts'
import { keptSandboxes } from './evaluate.ts'
import { type GainBench, type GainTask, gainTaskOf } from './gain-task.ts'

/** How often the answer was right, for one model and number of samples. */
interface Gain {
  /** How often one answer of the model is right. */
  readonly p: number
  readonly samples: number
  /** Share of the tasks with a right result, by what the search knew; `plain` is one answer as it comes. */
  readonly right: Readonly<Record<Knowledge | 'plain', number>>
  /** Answers asked for per task, with all tests. */
  readonly asked: number
}

export interface Gains {
  readonly tasks: number
  readonly gains: readonly Gain[]
}

type Knowledge = 'tests' | 'one test' | 'no tests'
const knowledge: readonly Knowledge[] = ['tests', 'one test', 'no tests']

export interface GainOptions {
  /** How many tasks. Default 100. */
  readonly limit?: number
  /** Default 0.2, 0.4 and 0.6. */
  readonly ps?: readonly number[]
  /** Default 1, 4, 8 and 16. */
  readonly samples?: readonly number[]
  /** Milliseconds for one program. Default 1,500. */
  readonly timeMs?: number
  readonly out: string
  readonly onSample?: (name: string, done: number, of: number) => void
}

/**
 * What verification gains, on tasks of MBXP in JavaScript: a scripted model answers right with probability p, else with a mistake in the dataset's own solution that the task's tests find. Mistakes are not equally likely: the n-th has weight 1/n.
 * Everything is drawn from seeds: another run gives the same numbers but for programs of the same length, of which the faster one is chosen.
 */
export async function measureGain({
  limit = 100,
  ps = [0.2, 0.4, 0.6],
  samples = [1, 4, 8, 16],
  timeMs = 1_500,
  out,
  onSample,
}: GainOptions): Promise<Gains> {
  const sandboxes = keptSandboxes(out)
  try {
    const bench = { sandbox: await sandboxes.of('javascript'), limits: { timeMs } }
    const tasks = await readyTasks(bench, limit, onSample)
    const settings = ps.flatMap((p) => samples.map((count) => ({ p, samples: count })))
    const gains: Gain[] = []
    for (const setting of settings) {
      gains.push(await gainOf(tasks, setting, bench))
      onSample?.('settings', gains.length, settings.length)
    }
    return { tasks: tasks.length, gains }
  } finally {
    await sandboxes.close()
  }
}

async function readyTasks(bench: GainBench, limit: number, onSample: GainOptions['onSample']): Promise<GainTask[]> {
  const ready: GainTask[] = []
  for (const [index, task] of (await tasksOf('mbxp-js')).entries()) {
    if (ready.length === limit) break
    const made = await gainTaskOf(task, bench, seeded(index + 1))
    if (made) ready.push(made)
    onSample?.('tasks', ready.length, limit)
  }
  return ready
}

async function gainOf(
  tasks: readonly GainTask[],
  { p, samples }: Pick<Gain, 'p' | 'samples'>,
  bench: GainBench,
): Promise<Gain> {
  const count = { plain: 0, tests: 0, 'one test': 0, 'no tests': 0 }
  let asked = 0
  for (const [index, task] of tasks.entries()) {
    const seed = 1_000 * index + Math.round(100 * p)
    if (drawn(task, p, seeded(seed)) === task.right) count.plain++
    for (const known of knowledge) {
      const model = scripted(task, p, seeded(seed))
      const tests: CodeTests | undefined =
        known === 'tests' ? task.task.tests : known === 'one test' ? task.oneTest : undefined
      const { code } = await generateVerifiedCode({
        model,
        task: task.task.prompt,
        language: 'javascript',
        entryPoint: task.task.entryPoint,
        inputs: task.inputs,
        ...(tests === undefined ? {} : { tests }),
        samples,
        concurrency: 1,
        repairs: 0,
        typeCheck: false,
        ...bench,
      })
      if (code.trim() === task.right.trim()) count[known]++
      if (known === 'tests') asked += model.calls.length
    }
  }
  const share = (name: keyof typeof count) => count[name] / tasks.length
  const right = {
    plain: share('plain'),
    tests: share('tests'),
    'one test': share('one test'),
    'no tests': share('no tests'),
  }
  return { p, samples, right, asked: asked / tasks.length }
}

/** A model that is right with probability p. */
const scripted = (
  task: GainTask,
  p: number,
  random: () => number,
): TextModel & { readonly calls: readonly unknown[] } =>
  mockModel(() => `\`\`\`javascript\n${drawn(task, p, random)}\n\`\`\``)

function drawn({ right, wrong }: GainTask, p: number, random: () => number): string {
  if (random() < p) return right
  const weights = wrong.map((_, at) => 1 / (at + 1))
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [at, code] of wrong.entries()) {
    left -= weights[at] as number
    if (left <= 0) return code
  }
  return wrong[0] as string
}

/** The gains for people. */
export function toGainTable({ tasks, gains }: Gains): string {
  const head = [
    'right alone',
    'samples',
    'one answer',
    'no tests',
    'one test',
    'all tests',
    'answers asked for with all tests',
  ]
  const percent = (share: number) => `${Math.round(100 * share)}%`
  const rows = gains.map(({ p, samples, right, asked }) => [
    percent(p),
    samples,
    ...[right.plain, right['no tests'], right['one test'], right.tests].map(percent),
    asked.toFixed(1),
  ])
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
  return `# What verification gains\n\n${tasks} tasks of MBXP in JavaScript.\n\n${table}\n`
}
