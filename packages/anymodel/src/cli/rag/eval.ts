import { readFile } from 'node:fs/promises'
import { AnyModelError } from '@anymodel/core'
import type { RankingMetrics, SearchCase } from '@anymodel/rag'
import { remark, write } from '../output.ts'
import { table } from '../table.ts'
import { type DocumentOptions, type Opened, withDocuments } from './with-documents.ts'

export interface EvalOptions extends DocumentOptions {
  readonly answers?: boolean
  readonly judge?: string
}

/** `anymodel rag eval file.jsonl`: how well each way of searching finds what it should; with `--answers` what a judge thinks of the answers. */
export async function evaluate(file: string, options: EvalOptions): Promise<void> {
  const text = await readText(file)
  const { evaluateSearch, parseCases } = await import('@anymodel/rag')
  const cases = parseCases(text)
  if (cases.length === 0) throw new AnyModelError('invalid-argument', `There is no question in ${file}.`)
  await withDocuments(options, async (opened) => {
    const { kb, signal } = opened
    const modes = options.mode ? [options.mode] : (['text', 'vector', 'hybrid'] as const)
    const search: Record<string, RankingMetrics> = {}
    for (const mode of modes) {
      remark(`Searching for ${cases.length} questions (${mode}) ...`)
      search[mode] = (await evaluateSearch(kb, cases, { mode, signal })).metrics
    }
    const answers = options.answers ? await judged(cases, options, opened) : undefined
    if (options.json)
      return write(`${JSON.stringify({ questions: cases.length, search, ...(answers ? { answers } : {}) })}\n`)
    await write(shown(search))
    if (answers) await write(`\n${table(Object.entries(answers).map(([name, value]) => [name, decimal(value)]))}`)
  })
}

const columns = ['ndcg10', 'recall10', 'recall100', 'mrr', 'map'] as const

const decimal = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(3))

const shown = (search: Readonly<Record<string, RankingMetrics>>): string =>
  table([
    ['', 'nDCG@10', 'recall@10', 'recall@100', 'MRR', 'MAP'],
    ...Object.entries(search).map(([mode, metrics]) => [mode, ...columns.map((column) => decimal(metrics[column]))]),
  ])

interface JudgedAnswers {
  /** Share of the questions that got an answer. */
  readonly answered: number
  /** Means over the answers that a judge read. */
  readonly faithfulness: number | undefined
  readonly relevance: number | undefined
}

async function judged(
  cases: readonly SearchCase[],
  { mode, judge }: EvalOptions,
  { ai, kb, model, signal }: Opened,
): Promise<JudgedAnswers> {
  const { judgeAnswer } = await import('@anymodel/rag')
  const reader = await ai.model(judge ?? model)
  const faithfulness: number[] = []
  const relevance: number[] = []
  for (const [at, { question }] of cases.entries()) {
    remark(`Answering question ${at + 1} of ${cases.length} ...`)
    const answer = await kb.ask({ model, question, signal, ...(mode ? { search: { mode } } : {}) })
    if (!answer.answered) continue
    const judgement = await judgeAnswer(answer, { model: reader, signal })
    relevance.push(judgement.relevance)
    if (judgement.faithfulness !== undefined) faithfulness.push(judgement.faithfulness)
  }
  return { answered: relevance.length / cases.length, faithfulness: mean(faithfulness), relevance: mean(relevance) }
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AnyModelError('invalid-argument', `The file ${path} can't be read (${code}).`, { cause })
  }
}
