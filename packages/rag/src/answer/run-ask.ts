import { AnyModelError, addUsage, type MessageInput, streamObject, type Usage, type Warning } from '@anymodel/core'
import type { Store } from '../contract.ts'
import { packPassages } from '../retrieve/pack.ts'
import { toPassages } from '../retrieve/passages.ts'
import { rewritten } from '../retrieve/query.ts'
import { standaloneQuestion } from '../retrieve/rewrite.ts'
import type { Hit, SearchOptions } from '../retrieve/search-options.ts'
import { answerText } from './answer-text.ts'
import type { AnswerPart, AskOptions, ClaimVerdict, GroundedAnswer } from './ask-options.ts'
import { type CitedClaim, type QuoteCheck, quoteChecker } from './check-quote.ts'
import { judgeClaim } from './judge-claim.ts'
import { answerPrompt, answerSystem, claims, correction, type NamedPassage, named } from './prompt.ts'

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
  const run = newRun(options, named(passages), emit, signal)
  const first: MessageInput = { role: 'user', content: answerPrompt(question, run.sources) }
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
  const passages = packPassages(await toPassages(hits, of.store, context), context)
  return { question, passages }
}

type Failed = CitedClaim & Pick<ClaimVerdict, 'verdict'>

/** One answer in the making. `ask` gives the claims that did not hold. */
function newRun(options: AskOptions, sources: readonly NamedPassage[], emit: Emit, signal: AbortSignal) {
  const {
    question: _q,
    history: _h,
    search: _s,
    context: _c,
    instructions,
    unsupported: _u,
    judge,
    refusal: _r,
    ...call
  } = options
  const answer = answerText(sources)
  const checkQuote = quoteChecker(sources)
  const verdicts: ClaimVerdict[] = []
  const warnings: Warning[] = []
  let usage: Usage = {}

  const verdictOf = async (claim: CitedClaim): Promise<QuoteCheck | Failed> => {
    const checked = checkQuote(claim)
    if (checked.verdict !== 'supported') return { ...claim, verdict: checked.verdict }
    if (!judge) return checked
    const judged = await judgeClaim({ claim: claim.claim, ...surroundings(checked, sources) }, { model: judge, signal })
    usage = addUsage(usage, judged.usage)
    return judged.carried ? checked : { ...claim, verdict: 'rejected' }
  }
  return {
    sources,
    answer,
    verdicts,
    warnings,
    usage: () => usage,
    async ask(messages: readonly MessageInput[], policy: 'drop' | 'reask' | 'annotate'): Promise<readonly Failed[]> {
      const stream = streamObject({
        ...call,
        array: claims,
        name: 'claims',
        system: answerSystem(instructions),
        messages,
        signal,
      })
      const failed: Failed[] = []
      for await (const claim of stream.elementStream) {
        const result = await verdictOf(claim)
        const isGood = result.verdict === 'supported'
        const kept = isGood || policy === 'annotate'
        if (!isGood) failed.push(result as Failed)
        const verdict = { claim: claim.claim, quote: claim.quote, verdict: result.verdict, kept }
        verdicts.push(verdict)
        await emit({ type: 'verdict', verdict })
        if (!kept) continue
        const { text, citation } = answer.add(claim, isGood ? (result as QuoteCheck) : undefined)
        await emit({ type: 'text', text })
        if (citation) await emit({ type: 'citation', citation })
      }
      const result = await stream.result
      usage = addUsage(usage, result.usage)
      warnings.push(...result.warnings)
      return failed
    },
  }
}

/** So much of the source before and behind a quote is shown to the judge. */
const around = 400

function surroundings({ sourceId, start = 0, end = 0 }: QuoteCheck, sources: readonly NamedPassage[]) {
  const text = sources.find(({ id }) => id === sourceId)?.text ?? ''
  return { quote: text.slice(start, end), surroundings: text.slice(Math.max(0, start - around), end + around) }
}
