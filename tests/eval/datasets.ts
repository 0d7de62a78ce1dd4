import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { CodeFile } from '@anymodel/core'
import { build } from 'esbuild'
import { type MxevalRow, mxevalTask } from './mxeval.ts'
import type { EvalTask } from './task.ts'

const require = createRequire(import.meta.url)

/** Where the datasets lie, beside the project. */
const datasetFolder = fileURLToPath(new URL('../../../shared/datasets/', import.meta.url))

interface HumanEvalRow {
  readonly task_id: string
  readonly prompt: string
  readonly suffix?: string
  readonly entry_point: string
  readonly canonical_solution: string
  readonly test: string
}

const humanEvalTask = ({ task_id, prompt, suffix, entry_point, canonical_solution, test }: HumanEvalRow): EvalTask => ({
  id: task_id,
  language: 'python',
  prompt,
  ...(suffix === undefined ? {} : { suffix }),
  entryPoint: entry_point,
  tests: { text: `${test}\ncheck(${entry_point})\n`, files: [] },
  solution: canonical_solution,
})

const humanEval = (file: string) => ({
  file,
  toTasks: async (rows: readonly unknown[]) => (rows as HumanEvalRow[]).map(humanEvalTask),
})
const mxeval = (file: string, language: 'javascript' | 'typescript') => ({
  file,
  toTasks: async (rows: readonly unknown[]) => {
    const files = language === 'javascript' ? [await isEqualFile()] : []
    return (rows as MxevalRow[]).map((row) => mxevalTask(row, language, files))
  },
})

/** The datasets by name. */
export const datasets = {
  'humaneval-python': humanEval('humaneval/HumanEval.jsonl.gz'),
  'humaneval-js': mxeval('mxeval/multilingual_humaneval/HumanEval_javascript_v1.1.jsonl', 'javascript'),
  'mbxp-js': mxeval('mxeval/mbxp/mbjsp_release_v1.2.jsonl', 'javascript'),
  'mbxp-ts': mxeval('mxeval/mbxp/mbtsp_release_v1.2.jsonl', 'typescript'),
  'infilling-single-line': humanEval('humaneval-infilling/HumanEval-SingleLineInfilling.jsonl.gz'),
  'infilling-multi-line': humanEval('humaneval-infilling/HumanEval-MultiLineInfilling.jsonl.gz'),
  'infilling-random-span': humanEval('humaneval-infilling/HumanEval-RandomSpanInfilling.jsonl.gz'),
  'infilling-random-span-light': humanEval('humaneval-infilling/HumanEval-RandomSpanInfillingLight.jsonl.gz'),
} as const

export type DatasetName = keyof typeof datasets

/** Why a dataset can't be read here; `undefined` when it can. */
export const missingDataset = (name: DatasetName): string | undefined =>
  existsSync(datasetFolder + datasets[name].file) ? undefined : `the dataset ${name} is not beside the project`

/** The tasks of a dataset, in its order. */
export async function tasksOf(name: DatasetName): Promise<EvalTask[]> {
  const { file, toTasks } = datasets[name]
  const bytes = readFileSync(datasetFolder + file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return toTasks(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown),
  )
}

/** What the tests in JavaScript need of lodash, as a module of its own. */
async function isEqualFile(): Promise<CodeFile> {
  const isEqual = require.resolve('lodash/isEqual.js')
  const { outputFiles } = await build({
    stdin: { contents: `exports.isEqual = require(${JSON.stringify(isEqual)})`, resolveDir: datasetFolder },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    write: false,
  })
  return { path: 'node_modules/lodash/index.js', text: outputFiles[0]?.text ?? '' }
}
