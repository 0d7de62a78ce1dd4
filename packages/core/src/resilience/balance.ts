import type { FinishPart } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { Sticky, type StickyOptions } from './balance/sticky.ts'
import { type StrategyName, type StrategyOptions, strategies } from './balance/strategies.ts'
import type { Outcome, Price, Strategy } from './balance/strategy.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { type Conditions, withConditions } from './conditions.ts'
import { type FallbackOptions, withFallback } from './fallback.ts'
import type { AnyCall } from './kinds.ts'
import { circuitOpen } from './verdict.ts'
import { type Watch, watched } from './watch.ts'

/** One of the models that a balance chooses from. */
export interface BalanceTarget {
  readonly model: TextModel
  /** How often it is chosen, in proportion to the others. Default 1; 0: only after all others. */
  readonly weight?: number
  /** For `cost` and `adaptive`: US dollars for a million tokens. What is absent is not known, never free. */
  readonly price?: Price
  /** Calls that it may get. Default: all. */
  readonly when?: Conditions
}

export interface BalanceOptions extends FallbackOptions, StrategyOptions {
  /** Default `weighted`. */
  readonly strategy?: StrategyName
  /** Keeps a conversation with the target that answered it last, whose prompt cache knows its beginning, while that target is healthy. Default: no. */
  readonly sticky?: boolean | StickyOptions
  /** Milliseconds, as `Date.now` gives them. */
  readonly clock?: () => number
  /** From 0 to 1, 1 excluded. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Spreads calls over several models, and asks the next one when the chosen one fails, without waiting: the options of `withFallback` say how far that goes. As one of the models of a `withFallback` it
 * is one place in line: its targets are asked in their order of this call, then the next model; there the options of that fallback count, and `maxAttempts` is one bound over all.
 */
export function withBalance(targets: readonly (TextModel | BalanceTarget)[], options: BalanceOptions = {}): TextModel {
  const { strategy = 'weighted', sticky = false, clock = () => Date.now(), random = Math.random } = options
  const given = targets.map((target): BalanceTarget => ('model' in target ? target : { model: target }))
  const [first] = given
  if (!first) throw new AnyModelError('invalid-argument', 'withBalance needs at least one target.')
  const infos = given.map(({ weight = 1, price }) => ({ weight, price }))
  check(strategy, infos)
  const chosen = strategies[strategy]({ targets: infos, clock, random }, options)
  const memory = sticky === false ? undefined : new Sticky(sticky === true ? {} : sticky, clock)
  const models = given.map(({ model, when }, index) => {
    const followed = follow(model, index, { strategy: chosen, memory, clock })
    return when ? withConditions(followed, when) : followed
  })
  const ranked = (call: TextCall) => inOrder(models, chosen.rank(call), memory?.of(call))
  const { provider, id } = first.model
  const { supports } = withFallback(models)
  const balance: TextModel = asCandidate(
    { provider, id, supports, stream: (call) => withItself.stream(call) },
    { ranked },
  )
  const withItself = withFallback([balance], options)
  return balance
}

function check(strategy: StrategyName, infos: readonly Pick<BalanceTarget, 'weight'>[]): void {
  const names = Object.keys(strategies)
  if (!names.includes(strategy))
    throw new AnyModelError('invalid-argument', `There is no strategy "${strategy}". There are ${names.join(', ')}.`)
  const wrong = infos.find(({ weight }) => !Number.isFinite(weight) || (weight as number) < 0)
  if (wrong) throw new AnyModelError('invalid-argument', `A weight is a number from 0, not ${wrong.weight}.`)
}

function inOrder(models: readonly TextModel[], order: readonly number[], kept: number | undefined): TextModel[] {
  const first = kept === undefined ? order : [kept, ...order.filter((target) => target !== kept)]
  return first.map((target) => models[target] as TextModel)
}

interface Followers {
  readonly strategy: Strategy
  readonly memory: Sticky | undefined
  readonly clock: () => number
}

/** A target that tells the strategy how it fares. */
function follow(model: TextModel, target: number, { strategy, memory, clock }: Followers): TextModel {
  const begin = (given: AnyCall): Watch => {
    const call = given as TextCall
    const startedAt = clock()
    let firstContentMs: number | undefined
    const end = (result: Outcome['result'], finish?: FinishPart) =>
      strategy.ended?.(target, {
        result,
        firstContentMs,
        durationMs: clock() - startedAt,
        output: finish?.usage.output,
        isWhole: call.delivery === 'whole',
      })
    strategy.started?.(target)
    return {
      content() {
        firstContentMs = clock() - startedAt
      },
      finished(finish) {
        memory?.answered(call, target)
        end('ok', finish)
      },
      // A breaker that refuses says nothing new.
      failed: (error) => end(error.providerCode === circuitOpen ? 'left' : error),
      left: () => end('left'),
    }
  }
  const { unfit, circuit, alone } = candidateOf(model)
  return asCandidate(watched(model, begin), { unfit, circuit, alone: alone && watched(alone, begin) })
}
