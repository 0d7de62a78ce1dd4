import { testCode } from '@anymodel/code'
import { addUsage, type Sandbox, type SandboxLimits, type Usage } from '@anymodel/core'
import type { JsonLines } from './json-lines.ts'
import { type EvalTask, programOf } from './task.ts'

/** What became of one sample. */
export interface EvalSample {
  readonly task: string
  readonly sample: number
  readonly passed: boolean
  readonly failure?: string
  /** The answer, as it goes behind the prompt. */
  readonly answer: string
  readonly usage?: Usage
  /** Milliseconds in the sandbox. */
  readonly durationMs: number
}

export interface EvalRun {
  readonly tasks: readonly EvalTask[]
  readonly samples: number
  readonly concurrency: number
  /** Answers a task; `sample` counts from 0. */
  readonly answer: (task: EvalTask, sample: number) => Promise<{ readonly text: string; readonly usage?: Usage }>
  readonly sandbox: Sandbox
  readonly limits?: SandboxLimits
  /** Samples that are there already, and where new ones go. */
  readonly lines: JsonLines<EvalSample>
  readonly onSample?: (done: number, of: number) => void
}

/** Asks for the samples that aren't there yet, tests them and keeps each as soon as it is known. All samples come back, in the order of the tasks. */
export async function runEval({
  tasks,
  samples,
  concurrency,
  lines,
  onSample,
  ...run
}: EvalRun): Promise<EvalSample[]> {
  const known = new Map(lines.read().map((sample) => [nameOf(sample.task, sample.sample), sample]))
  const wanted = tasks.flatMap((task) => Array.from({ length: samples }, (_, sample) => ({ task, sample })))
  const open = wanted.filter(({ task, sample }) => !known.has(nameOf(task.id, sample)))
  let done = wanted.length - open.length
  const lane = async () => {
    for (let next = open.shift(); next; next = open.shift()) {
      const found = await sampled(next.task, next.sample, run)
      lines.add(found)
      known.set(nameOf(found.task, found.sample), found)
      onSample?.(++done, wanted.length)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return wanted.flatMap(({ task, sample }) => known.get(nameOf(task.id, sample)) ?? [])
}

const nameOf = (task: string, sample: number) => `${sample} ${task}`

async function sampled(
  task: EvalTask,
  sample: number,
  { answer, sandbox, limits }: Pick<EvalRun, 'answer' | 'sandbox' | 'limits'>,
): Promise<EvalSample> {
  const { text, usage } = await answer(task, sample)
  const { passed, failure, durationMs } = await testCode({
    code: programOf(task, text),
    tests: task.tests,
    language: task.language,
    sandbox,
    ...(limits === undefined ? {} : { limits }),
  })
  return {
    task: task.id,
    sample,
    passed,
    ...(failure === undefined ? {} : { failure }),
    answer: text,
    ...(usage === undefined ? {} : { usage }),
    durationMs,
  }
}

/** The tokens of samples. */
export const usageOf = (samples: readonly EvalSample[]): Usage =>
  samples.reduce((sum, { usage }) => addUsage(sum, usage ?? {}), {})
