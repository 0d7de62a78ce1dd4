import { AnyModelError, type MessageInput } from '@anymodel/core'
import type { Store } from '../contract.ts'
import { estimateTokens, packPassages } from '../retrieve/pack.ts'
import { type Passage, windows } from '../retrieve/passages.ts'
import { rewritten } from '../retrieve/query.ts'
import { standaloneQuestion } from '../retrieve/rewrite.ts'
import type { Hit, SearchOptions } from '../retrieve/search-options.ts'
import type { AnswerPart, AskOptions, GroundedAnswer } from './ask-options.ts'
import { claimsOf } from './claims.ts'
import { answerPrompt, correction, named } from './prompt.ts'

/** Where answers come from. */
export interface AskedOf {
  readonly store: Pick<Store, 'chunks' | 'range'>
  /** Finds chunks that the asker may see. */
  readonly search: (question: string, options: SearchOptions) => Promise<readonly Hit[]>
}

type Emit = (part: AnswerPart) => void | Promise<void>

const silence = 'The documents say nothing about this.'

/** Searches, asks, checks every claim as it comes, asks once more about those that do not hold. */
export async function runAsk(
  options: AskOptions,
  of: AskedOf,
  emit: Emit,
  signal: AbortSignal,
): Promise<GroundedAnswer> {
  const { unsupported = 'reask', refusal = silence } = options
  check(options)
  const { question, passages } = await findPassages(options, of, emit, signal)
  await emit({ type: 'passages', passages })
  const sources = named(passages)
  const run = claimsOf({ options, sources, emit, signal })
  const first: MessageInput = { role: 'user', content: answerPrompt(question, sources) }
  const failed = passages.length === 0 ? [] : await run.ask([first], unsupported)
  if (failed.length > 0 && unsupported === 'reask') await run.ask([first, ...correction(failed)], 'drop')
  const answer = run.answer.text()
  if (answer === '') await emit({ type: 'text', text: refusal })
  await emit({ type: 'finish', answered: answer !== '', usage: run.usage() })
  return {
    answer: answer === '' ? refusal : answer,
    answered: answer !== '',
    citations: run.answer.citations,
    verdicts: run.verdicts,
    passages,
    question,
    usage: run.usage(),
    warnings: run.warnings,
  }
}

function check({ question, unsupported = 'drop' }: AskOptions): void {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (typeof question !== 'string' || question.trim() === '') wrong('question must be a text that is not empty.')
  if (!['drop', 'reask', 'annotate'].includes(unsupported))
    wrong(`unsupported must be drop, reask or annotate, not ${unsupported}.`)
}

/** The question that stands alone, and what there is to read about it. */
async function findPassages(
  { question: asked, history = [], model, search, context }: AskOptions,
  of: AskedOf,
  emit: Emit,
  signal: AbortSignal,
) {
  const onNotice = (message: string) => void emit({ type: 'notice', message })
  const rewriters = history.length === 0 ? [] : [standaloneQuestion(model)]
  const [query] = await rewritten(asked, rewriters, { history, signal, onNotice })
  const question = query?.text ?? asked
  const hits = await of.search(question, { ...search, signal, onNotice })
  const passages = packPassages(await readable(hits, of, context), context)
  return { question, passages }
}

/** Passages around the hits; where the budget has no room for even the best with its neighbours, the chunks alone. */
async function readable(
  hits: readonly Hit[],
  { store }: AskedOf,
  context: AskOptions['context'] = {},
): Promise<Passage[]> {
  const { tokens = 4_000, countTokens = estimateTokens } = context
  const passages = await windows(hits, store, context)
  const best = passages[0]
  const fits = best === undefined || countTokens(best.text) <= tokens
  return fits ? passages : windows(hits, store, { ...context, neighbours: 0, mergeParents: false })
}
