import { addUsage, type MessageInput, streamObject, type Usage, type Warning } from '@anymodel/core'
import { answerText } from './answer-text.ts'
import type { AnswerPart, AskOptions, ClaimVerdict, UnsupportedPolicy } from './ask-options.ts'
import { type CitedClaim, type QuoteCheck, quoteChecker } from './check-quote.ts'
import { judgeOf } from './judge-claim.ts'
import { answerSystem, claimSchema, type NamedPassage } from './prompt.ts'

/** A claim that does not hold, and why. */
export type FailedClaim = CitedClaim & Pick<ClaimVerdict, 'verdict'>

export interface Claiming {
  readonly options: AskOptions
  readonly sources: readonly NamedPassage[]
  readonly emit: (part: AnswerPart) => void | Promise<void>
  readonly signal: AbortSignal
}

/** A model that cites so often in a row what is not there, or claims so much, does not find an end by itself: it is left. */
const mostMisses = 5
const mostClaims = 100

/** Claims on their way into an answer: each is checked, told, and kept or not. */
export function claimsOf({ options, sources, emit, signal }: Claiming) {
  const answer = answerText(sources)
  const verdictOf = claimJudge(options, sources, signal)
  const verdicts: ClaimVerdict[] = []
  const warnings: Warning[] = []
  const said = new Set<string>()
  let usage: Usage = {}

  /** Gives the claim back when it does not hold. */
  const take = async (claim: CitedClaim, keepAll: boolean): Promise<FailedClaim | undefined> => {
    const { check, failed, usage: judged } = await verdictOf(claim)
    usage = addUsage(usage, judged)
    const kept = failed === undefined || keepAll
    const verdict = { claim: claim.claim, quote: claim.quote, verdict: failed?.verdict ?? check.verdict, kept }
    verdicts.push(verdict)
    await emit({ type: 'verdict', verdict })
    if (!kept) return failed
    said.add(claim.claim.trim())
    const { text, citation } = answer.add(claim, failed ? undefined : check)
    await emit({ type: 'text', text })
    if (citation) await emit({ type: 'citation', citation })
    return failed
  }
  return {
    answer,
    verdicts,
    warnings,
    usage: () => usage,
    /** Asks the model and takes its claims as they come; what the answer says already is passed over. Gives those that do not hold. */
    async ask(messages: readonly MessageInput[], policy: UnsupportedPolicy): Promise<readonly FailedClaim[]> {
      const stream = streamObject({ ...callOf(options, sources), messages, signal })
      const failed: FailedClaim[] = []
      let misses = 0
      for await (const claim of stream.elementStream) {
        const isNew = !said.has(claim.claim.trim())
        const miss = isNew ? await take(claim, policy === 'annotate') : undefined
        if (miss) failed.push(miss)
        misses = isNew && !miss ? 0 : misses + 1
        if (misses === mostMisses || verdicts.length >= mostClaims) return failed
      }
      const result = await stream.result
      usage = addUsage(usage, result.usage)
      warnings.push(...result.warnings)
      return failed
    },
  }
}

/** The call of the model: what of the options is about its answer, not about the search. */
function callOf(
  {
    question: _q,
    history: _h,
    search: _s,
    context: _c,
    unsupported: _u,
    judge: _j,
    refusal: _r,
    instructions,
    ...call
  }: AskOptions,
  sources: readonly NamedPassage[],
) {
  return { ...call, array: claimSchema(sources), name: 'claims', system: answerSystem(instructions) }
}

interface Judged {
  readonly check: QuoteCheck
  readonly failed?: FailedClaim
  readonly usage: Usage
}

/** Checks the quote of a claim; where it holds, a judge may say that it does not carry the claim. */
function claimJudge({ judge }: AskOptions, sources: readonly NamedPassage[], signal: AbortSignal) {
  const checkQuote = quoteChecker(sources)
  const judging = judge && judgeOf(judge)
  return async (claim: CitedClaim): Promise<Judged> => {
    const check = checkQuote(claim)
    if (check.verdict !== 'supported') return { check, failed: { ...claim, verdict: check.verdict }, usage: {} }
    if (!judging) return { check, usage: {} }
    const judged = { claim: claim.claim, ...surroundings(check, sources) }
    const { carried, usage = {} } = await judging.judge(judged, { signal })
    return { check, usage, ...(carried ? {} : { failed: { ...claim, verdict: 'rejected' } }) }
  }
}

/** So much of the source before and behind a quote is shown to the judge. */
const around = 400

function surroundings({ sourceId, start = 0, end = 0 }: QuoteCheck, sources: readonly NamedPassage[]) {
  const text = sources.find(({ id }) => id === sourceId)?.text ?? ''
  return { quote: text.slice(start, end), surroundings: text.slice(Math.max(0, start - around), end + around) }
}
