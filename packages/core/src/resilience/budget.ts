import type { EmbeddingModel } from '../contract/embedding.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import type { Usage } from '../contract/usage.ts'
import { AnyModelError } from '../errors.ts'
import { memoryState } from '../state/memory.ts'
import type { State } from '../state/state.ts'
import { dollars, mostTokens, tokens, type Unit } from './budget/cost.ts'
import { instead } from './budget/instead.ts'
import { Purse } from './budget/purse.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import type { Price } from './price.ts'
import { wrap } from './retry.ts'
import { type Ticket, ticketed, ticketedCall } from './ticket.ts'
import { ourLimits } from './verdict.ts'

export interface BudgetOptions {
  /** What may be spent within `per`: US dollars, or tokens (input and output). */
  readonly limit: { readonly usd: number } | { readonly tokens: number }
  /** Length of the window, in ms: in no stretch of this length more is spent. */
  readonly per: number
  /** What the model costs, in US dollars for a million tokens. A budget in dollars needs `input` and `output`; a model that costs nothing says 0. */
  readonly price?: Price
  /** Models with the same state and key spend from one budget. Default `provider/id`. */
  readonly key?: string
  /** Name of a tag: each of its values (each tenant) has this budget for itself. */
  readonly by?: string
  /** What happens to a call that there may be too little left for. Default `error`: it fails with `quota`, and nothing is sent. A model: that one answers, with a warning. */
  readonly onExceed?: 'error' | TextModel
  /** Where is written down what was spent. Default: in this process. */
  readonly state?: State
  /** What happens to calls while the state can't be reached. Default `refuse`. */
  readonly onStateError?: 'allow' | 'refuse'
  /** Tokens that are set aside for the answer of a call without `maxTokens`. Default 4,096. Only what an answer has above that can overspend. */
  readonly maxOutput?: number
  /** Tokens that a text call puts in at most. Default: its bytes, and 2,000 for each file. */
  readonly countTokens?: (call: TextCall) => number
}

/**
 * Keeps what a model costs within a budget. What a call may cost at most is set aside before it is sent, and what it did cost is counted after, so that calls which run at once, in whatever process,
 * can't overspend. Failed attempts count where the service says what they used. What nobody knows (an answer that was left or broke off, a process that died) counts as what was set aside.
 *
 * Budgets belong to one model: inside `withFallback` and `withRetry`, with the same `state` and `key` for all that share one.
 */
export function withBudget(model: TextModel, options: BudgetOptions): TextModel
export function withBudget(model: EmbeddingModel, options: Omit<BudgetOptions, 'onExceed' | 'by'>): EmbeddingModel
export function withBudget(model: TextModel | EmbeddingModel, options: BudgetOptions): TextModel | EmbeddingModel {
  const purse = purseOf(model, options, 'embed' in model)
  if ('embed' in model) {
    const { provider, id, maxBatch } = model
    const embed: EmbeddingModel['embed'] = (call) => {
      const input = call.values.reduce((bytes, value) => bytes + Buffer.byteLength(value) + 2, 0)
      return ticketedCall(
        () => purse.take({ input, output: 0 }, ''),
        () => model.embed(call),
      )
    }
    return { provider, id, ...(maxBatch === undefined ? {} : { maxBatch }), embed }
  }
  const { by, maxOutput = 4_096, countTokens = mostTokens, onExceed = 'error' } = options
  const most = (call: TextCall): Usage => ({ input: countTokens(call), output: call.maxTokens ?? maxOutput })
  const guarded: TextModel = {
    ...wrap(model),
    stream(call) {
      let ask = () => model.stream(call)
      const enter = async (): Promise<Ticket> => {
        try {
          call.signal?.throwIfAborted()
          return await purse.take(most(call), by === undefined ? '' : (call.tags?.[by] ?? ''))
        } catch (error) {
          if (onExceed === 'error' || (error as AnyModelError).providerCode !== ourLimits.budget) throw error
          ask = await instead(onExceed, call, (error as AnyModelError).message)
          return { end: async () => {} }
        }
      }
      return ticketed(enter, () => ask())
    },
  }
  const { unfit } = candidateOf(model)
  return unfit ? asCandidate(guarded, { unfit }) : guarded
}

function purseOf(
  { provider, id }: { readonly provider: string; readonly id: string },
  options: BudgetOptions,
  isInputOnly: boolean,
): Purse {
  const { per, state = memoryState(), key = `${provider}/${id}`, onStateError = 'refuse' } = options
  if (!(per > 0)) throw wrong(`per must be milliseconds above 0, not ${per}.`)
  return new Purse({
    unit: unitOf(`${provider}/${id}`, options, isInputOnly),
    per,
    state,
    key,
    onStateError,
    model: { provider, id },
  })
}

function unitOf(name: string, { limit, price = {} }: BudgetOptions, isInputOnly: boolean): Unit {
  const amount = 'usd' in limit ? limit.usd : limit.tokens
  if (!(amount > 0)) throw wrong(`limit must be above 0, not ${amount}.`)
  if ('tokens' in limit) return tokens(Math.floor(limit.tokens))
  const { input, output = isInputOnly ? 0 : undefined } = price
  if (input === undefined || output === undefined)
    throw wrong(
      `the price of ${name} is not known. Give price: { input, output } (0 for what costs nothing), or a limit in tokens.`,
    )
  return dollars(limit.usd, { cacheRead: input, cacheWrite: input, ...price, input, output })
}

const wrong = (problem: string): AnyModelError => new AnyModelError('invalid-argument', `withBudget: ${problem}`)
