import { passAtK } from '@anymodel/code'
import type { Usage } from '@anymodel/core'
import { type EvalSample, usageOf } from './run-eval.ts'
import type { EvalTask } from './task.ts'

/** What an evaluation found. Plain JSON. */
export interface EvalReport {
  readonly dataset: string
  readonly model: string
  readonly sandbox: string
  readonly tasks: number
  readonly samples: number
  /** Tasks that a sample passed. */
  readonly solved: number
  /** Mean over the tasks, by k. */
  readonly passAtK: Readonly<Record<string, number>>
  /** Tasks that no sample passed, with what the first said. */
  readonly failed: readonly { readonly task: string; readonly failure: string; readonly known?: string }[]
  readonly usage: Usage
  readonly seconds: number
}

export interface ReportInput extends Pick<EvalReport, 'dataset' | 'model' | 'sandbox' | 'seconds'> {
  readonly tasks: readonly EvalTask[]
  readonly samples: readonly EvalSample[]
  readonly ks: readonly number[]
  /** Tasks whose own solution fails, with the reason. */
  readonly known: Readonly<Record<string, string>>
}

export function reportOf({ tasks, samples, ks, known, ...about }: ReportInput): EvalReport {
  const byTask = new Map(tasks.map(({ id }) => [id, [] as EvalSample[]]))
  for (const sample of samples) byTask.get(sample.task)?.push(sample)
  const counts = [...byTask.values()].map((made) => [made.length, made.filter(({ passed }) => passed).length] as const)
  const most = Math.min(...counts.map(([n]) => n))
  const mean = (k: number) => counts.reduce((sum, [n, c]) => sum + passAtK(n, c, k), 0) / counts.length
  const failed = [...byTask].flatMap(([task, made]) => {
    if (made.some(({ passed }) => passed)) return []
    const why = known[task]
    return [{ task, failure: made[0]?.failure ?? '', ...(why === undefined ? {} : { known: why }) }]
  })
  return {
    ...about,
    tasks: tasks.length,
    samples: most,
    solved: tasks.length - failed.length,
    passAtK: Object.fromEntries(ks.filter((k) => k <= most).map((k) => [k, mean(k)])),
    failed,
    usage: usageOf(samples),
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`

/** A report for people: a table, and what failed. */
export function toMarkdown(reports: readonly EvalReport[]): string {
  const ks = [...new Set(reports.flatMap(({ passAtK }) => Object.keys(passAtK)))].sort((a, b) => Number(a) - Number(b))
  const head = ['dataset', 'model', 'sandbox', 'tasks', 'samples', 'solved', ...ks.map((k) => `pass@${k}`), 'seconds']
  const rows = reports.map(({ dataset, model, sandbox, tasks, samples, solved, passAtK, seconds }) => {
    const rates = ks.map((k) => (passAtK[k] === undefined ? '' : percent(passAtK[k])))
    return [dataset, model, sandbox, tasks, samples, solved, ...rates, Math.round(seconds)]
  })
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)
  const failures = reports
    .filter(({ failed }) => failed.length > 0)
    .flatMap(({ dataset, failed }) => [`\n## Not solved in ${dataset}\n`, ...failed.map(toLine)])
  return `# Evaluation\n\n${[...table, ...failures].join('\n')}\n`
}

const toLine = ({ task, failure, known }: EvalReport['failed'][number]) =>
  `- ${task}: ${lastLine(failure)}${known === undefined ? '' : ` (its own solution fails: ${known})`}`

/** Of a trace: the line that says what was wrong. */
const lastLine = (failure: string): string =>
  (failure.split('\n').findLast((line) => /error|assert|ended|threw/i.test(line)) ?? failure).trim().slice(0, 200)
