import { availableParallelism } from 'node:os'
import { defaultSandbox } from '@anymodel/code/sandbox'
import { anymodel } from 'anymodel'
import { proofs, type Writer, written } from './answers.ts'
import { type CachedSandbox, cachedSandbox } from './cached-sandbox.ts'
import { type DatasetName, tasksOf } from './datasets.ts'
import { jsonLines } from './json-lines.ts'
import { knownFailures } from './known-failures.ts'
import { type EvalReport, reportOf } from './report.ts'
import { runEval } from './run-eval.ts'

export interface Evaluation {
  readonly datasets: readonly DatasetName[]
  /** A name of the configured client, `canonical`, `expected` or `broken`. */
  readonly model: string
  readonly samples: number
  readonly ks: readonly number[]
  readonly temperature: number
  readonly concurrency: number
  /** The first tasks only. */
  readonly limit?: number
  /** Where samples and runs are kept. */
  readonly out: string
  readonly onSample?: (dataset: string, done: number, of: number) => void
}

/** Evaluates a model on datasets, one after the other. A run that was ended goes on where it was. A dataset without a task for it has no report. */
export async function evaluate(evaluation: Evaluation): Promise<EvalReport[]> {
  const { model } = evaluation
  const client = Object.hasOwn(proofs, model) ? undefined : await anymodel()
  const sandboxes = keptSandboxes(evaluation.out)
  try {
    const reports: EvalReport[] = []
    for (const dataset of evaluation.datasets)
      reports.push(...(await evaluated(dataset, evaluation, sandboxes, client)))
    return reports
  } finally {
    await sandboxes.close()
    await client?.close()
  }
}

async function evaluated(
  dataset: DatasetName,
  { model, samples, ks, temperature, concurrency, limit, out, onSample }: Evaluation,
  sandboxes: KeptSandboxes,
  client: Writer | undefined,
): Promise<EvalReport[]> {
  const proof = client ? undefined : proofs[model]
  const tasks = (await tasksOf(dataset)).filter((task) => proof?.has(task) ?? true).slice(0, limit)
  const [first] = tasks
  if (first === undefined) return []
  const sandbox = await sandboxes.of(first.language)
  const answer = proof?.answer ?? written(client as Writer, model, temperature)
  const started = performance.now()
  const made = await runEval({
    tasks,
    samples,
    concurrency,
    answer,
    sandbox,
    lines: jsonLines(`${out}/${dataset}-${fileName(model)}${proof ? '' : `-${temperature}`}.jsonl`),
    onSample: (done, of) => onSample?.(dataset, done, of),
  })
  const report = reportOf({
    dataset,
    model,
    sandbox: sandbox.name,
    seconds: (performance.now() - started) / 1000,
    tasks,
    samples: made,
    ks,
    known: knownFailures(dataset),
  })
  return [report]
}

/** A model's name as part of a file's. */
export const fileName = (model: string): string => model.replace(/[^\w.-]+/g, '-')

export interface KeptSandboxes {
  of(language: string): Promise<CachedSandbox>
  close(): Promise<void>
}

/** A sandbox for each language, the best that is here; what ran before is not run again. */
export function keptSandboxes(out: string): KeptSandboxes {
  const made = new Map<string, CachedSandbox>()
  return {
    async of(language) {
      const known = made.get(language)
      if (known) return known
      const sandbox = await defaultSandbox(language, { concurrency: availableParallelism() })
      const kept = cachedSandbox(sandbox, jsonLines(`${out}/runs-${language}.jsonl`))
      made.set(language, kept)
      return kept
    },
    async close() {
      for (const sandbox of made.values()) await sandbox.close()
    },
  }
}
