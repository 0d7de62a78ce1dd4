import type { EmbeddingModel } from '../contract/embedding.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError, isAnyModelError } from '../errors.ts'
import { memoryState } from '../state/memory.ts'
import type { State } from '../state/state.ts'
import { dollars, mostSpent, tokens, type Unit } from './budget/cost.ts'
import { streamInstead, valueInstead } from './budget/instead.ts'
import { Purse } from './budget/purse.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { checkSameVectors } from './fallback-call.ts'
import { type AnyCall, type AnyModel, type Kind, kindOf, type OfKind, rewired } from './kinds.ts'
import { isPriced, type Price, type Spent } from './price.ts'
import { fitterOf } from './stand-in.ts'
import { type Ticket, ticketed, ticketedCall } from './ticket.ts'
import { ourLimits } from './verdict.ts'

export interface BudgetOptions<M extends AnyModel = TextModel> {
  /** What may be spent within `per`: US dollars, or tokens (input and output). */
  readonly limit: { readonly usd: number } | { readonly tokens: number }
  /** Length of the window, in ms: in no stretch of this length more is spent. `1mo`: the calendar month, by UTC. */
  readonly per: number | '1mo'
  /** What the model costs. A budget in dollars needs `input` and `output` of models for text and code, and something of all others; a model that costs nothing says 0. */
  readonly price?: Price
  /** Models with the same state and key spend from one budget. Default `provider/id`. */
  readonly key?: string
  /** Name of a tag: each of its values (each tenant) has this budget for itself. */
  readonly by?: string
  /** What happens to a call that there may be too little left for. Default `error`: it fails with `quota`, and nothing is sent. A model of the same kind: that one answers, with a warning. */
  readonly onExceed?: 'error' | M
  /** Where is written down what was spent. Default: in this process. */
  readonly state?: State
  /** What happens to calls while the state can't be reached. Default `refuse`. */
  readonly onStateError?: 'allow' | 'refuse'
  /** Tokens that are set aside for the answer of a call without `maxTokens`, of pictures and videos for each. Default 4,096. Only what an answer has above that can overspend. */
  readonly maxOutput?: number
  /** Tokens that a text call puts in at most. Default: its bytes, and 2,000 for each file. */
  readonly countTokens?: (call: TextCall) => number
}

/**
 * Keeps what a model costs within a budget. What a call may cost at most is set aside before it is sent, and what it did cost is counted after, so that calls which run at once, in whatever process,
 * can't overspend. Failed attempts count where the service says what they used. What nobody knows (an answer that was left or broke off, a process that died) counts as what was set aside.
 *
 * For models of every kind: pictures, seconds and characters count by their `price`. What is not known before is set aside by guess: 0.2 s of speech for a character, 10 s for a video without a length.
 *
 * Budgets belong to one model: inside `withFallback` and `withRetry`, with the same `state` and `key` for all that share one.
 */
export function withBudget<M extends AnyModel>(model: M, options: BudgetOptions<OfKind<M>>): OfKind<M> {
  const kind = kindOf(model)
  const purse = purseOf(model, kind, options)
  const { by, maxOutput = 4_096, countTokens, onExceed = 'error' } = options as unknown as BudgetOptions<AnyModel>
  const most = (call: AnyCall): Spent => {
    const spent = mostSpent(kind, call as never, maxOutput)
    return kind === 'text' && countTokens ? { ...spent, input: countTokens(call as TextCall) } : spent
  }
  const take = (call: AnyCall): Promise<Ticket> => {
    call.signal?.throwIfAborted()
    return purse.take(most(call), by === undefined ? '' : (call.tags?.[by] ?? ''))
  }
  if (onExceed !== 'error') check(kind, [model, onExceed])
  const fit = onExceed === 'error' ? undefined : fitterOf(model, onExceed)
  const enter = (call: AnyCall, exceeded: (other: AnyModel, why: string) => Promise<void>) => async () => {
    try {
      return await take(call)
    } catch (error) {
      if (onExceed === 'error' || !isAnyModelError(error) || error.providerCode !== ourLimits.budget) throw error
      await exceeded(onExceed, error.message)
      return { end: async () => {} }
    }
  }
  const guarded = rewired(model, {
    parts(given, call) {
      let ask = () => given(call)
      const exceeded = async (other: AnyModel, why: string) => {
        if (fit) ask = await streamInstead(other, fit(call), why)
      }
      return ticketed(enter(call, exceeded), () => ask())
    },
    value(given, call) {
      let ask = () => given(call)
      const exceeded = async (other: AnyModel, why: string) => {
        ask = () => valueInstead(other, call, why)
      }
      return ticketedCall(enter(call, exceeded), () => ask() as Promise<{ readonly usage: Spent }>)
    },
  })
  const { unfit, members } = candidateOf(model)
  return unfit || members ? asCandidate(guarded, { unfit, members }) : guarded
}

/** Who answers beyond the budget stands in for the model. */
function check(kind: Kind, models: readonly [AnyModel, AnyModel]): void {
  const other = kindOf(models[1])
  if (other !== kind) throw wrong(`onExceed must be a model of the same kind, ${kind}, not ${other}.`)
  if (kind === 'embedding') checkSameVectors(models as readonly AnyModel[] as readonly EmbeddingModel[])
}

function purseOf({ provider, id }: AnyModel, kind: Kind, options: Omit<BudgetOptions, 'onExceed'>): Purse {
  const { per, state = memoryState(), key = `${provider}/${id}`, onStateError = 'refuse' } = options
  if (per !== '1mo' && !(per > 0)) throw wrong(`per must be milliseconds above 0 or '1mo', not ${per}.`)
  return new Purse({
    unit: unitOf(`${provider}/${id}`, kind, options),
    per,
    state,
    key,
    onStateError,
    model: { provider, id },
  })
}

function unitOf(name: string, kind: Kind, { limit, price = {} }: Omit<BudgetOptions, 'onExceed'>): Unit {
  const amount = 'usd' in limit ? limit.usd : limit.tokens
  if (!(amount > 0)) throw wrong(`limit must be above 0, not ${amount}.`)
  if ('tokens' in limit) return tokens(Math.floor(limit.tokens))
  if (!isPriced(kind, price))
    throw wrong(
      `the price of ${name} is not known. Give price: { ${priceOf[kind]} } (0 for what costs nothing), or a limit in tokens.`,
    )
  return dollars(limit.usd, price)
}

/** What says what a kind of models costs, as a rule. */
const priceOf: Readonly<Record<Kind, string>> = {
  text: 'input, output',
  code: 'input, output',
  embedding: 'input',
  rerank: 'request',
  image: 'picture',
  speech: 'characters',
  transcription: 'second',
  video: 'second',
}

const wrong = (problem: string): AnyModelError => new AnyModelError('invalid-argument', `withBudget: ${problem}`)
