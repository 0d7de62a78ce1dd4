import type { FinishPart } from '../contract/part.ts'
import type { PartStream, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import type { State } from '../state/state.ts'
import { Sticky, type StickyOptions } from './balance/sticky.ts'
import { type StrategyName, type StrategyOptions, strategies } from './balance/strategies.ts'
import { isWhole, type Outcome, type Strategy } from './balance/strategy.ts'
import { asCandidate, candidateOf, prepared } from './candidate.ts'
import { type Conditions, withConditions } from './conditions.ts'
import { type EmbeddingFallbackOptions, type FallbackOptions, withFallback } from './fallback.ts'
import { type AnyCall, type AnyModel, asked, kindOf, type OfKind, rewired } from './kinds.ts'
import type { Price } from './price.ts'
import { LooseState } from './shared/loose-state.ts'
import { SharedPlaces } from './shared/shared-places.ts'
import { SharedStrategy } from './shared/shared-strategy.ts'
import { circuitOpen } from './verdict.ts'
import { type Watch, watched } from './watch.ts'

/** One of the models that a balance chooses from. */
export interface BalanceTarget<M extends AnyModel = TextModel> {
  readonly model: M
  /** How often it is chosen, in proportion to the others. Default 1; 0: only after all others. */
  readonly weight?: number
  /** For `cost` and `adaptive`. What is absent is not known, never free. */
  readonly price?: Price
  /** Calls that it may get. Default: all. */
  readonly when?: Conditions
}

export interface BalanceOptions extends FallbackOptions, EmbeddingFallbackOptions, StrategyOptions {
  /** Default `weighted`. */
  readonly strategy?: StrategyName
  /** Keeps a conversation with the target that answered it last, whose prompt cache knows its beginning, while that target is healthy. Default: no. */
  readonly sticky?: boolean | StickyOptions
  /** Where processes share what `latency`, `cost` and `adaptive` learn: about once a second each takes in what the others learned and adds its own, while no call waits for that. Where a conversation is (`sticky`) is looked up when this process does not know it. Requests under way are known to this process alone. Default: nothing is shared. */
  readonly state?: State
  /** Balances with the same state and key learn together. Default: the strategy and the names of the targets. */
  readonly key?: string
  /** Milliseconds, as `Date.now` gives them. */
  readonly clock?: () => number
  /** From 0 to 1, 1 excluded. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Spreads calls over several models of one kind, and asks the next one when the chosen one fails, without waiting: the options of `withFallback` say how far that goes. As one of the models of a
 * `withFallback` it is one place in line: its targets are asked in their order of this call, then the next model; there the options of that fallback count, and `maxAttempts` is one bound over all.
 *
 * Jobs of videos are gone on with by the target that has them. Embedding models must be one model at several providers, as for `withFallback`.
 */
export function withBalance<M extends AnyModel>(
  targets: readonly (M | BalanceTarget<M>)[],
  options: BalanceOptions = {},
): OfKind<M> {
  const { sticky = false, clock = () => Date.now(), sameVectors = false } = options
  const given = targets.map((target): BalanceTarget<M> => ('model' in target ? target : { model: target }))
  const [first] = given
  if (!first) throw new AnyModelError('invalid-argument', 'withBalance needs at least one target.')
  const key = keyOf(given, options)
  const state = options.state && new LooseState(options.state, `The balance ${key}`)
  const strategy = strategyOf([first, ...given.slice(1)], options, clock, state && { state, key })
  const places = state && new SharedPlaces(state, key, given.length)
  const memory = sticky === false ? undefined : new Sticky(sticky === true ? {} : sticky, clock, places)
  const members = given.map(({ model, when }, index): AnyModel => {
    const followed = follow(model, index, { strategy, memory, clock, state })
    return when ? withConditions(followed, when) : followed
  })
  const ranked = (call: AnyCall) => inOrder(members, strategy.rank(call), memory?.of(call))
  const whole: AnyModel = withFallback(members, { sameVectors })
  const ask = (call: AnyCall): unknown => asked(withItself, call)
  const balance: AnyModel = asCandidate(
    rewired(whole, {
      parts: (_, call) => ({ [Symbol.asyncIterator]: () => (ask(call) as PartStream)[Symbol.asyncIterator]() }),
      value: (_, call) => ask(call) as Promise<unknown>,
    }),
    { members, ranked, prepare: (call) => both(memory?.look(call), prepared(members, call)) },
  )
  const withItself: AnyModel = withFallback([balance], options)
  return balance as OfKind<M>
}

function strategyOf(
  targets: readonly [BalanceTarget<AnyModel>, ...BalanceTarget<AnyModel>[]],
  options: BalanceOptions,
  clock: () => number,
  shared: { readonly state: LooseState; readonly key: string } | undefined,
): Strategy {
  const { strategy = 'weighted', random = Math.random } = options
  const infos = targets.map(({ weight = 1, price }) => ({ weight, price }))
  check(strategy, infos)
  const alone = strategies[strategy]({ kind: kindOf(targets[0].model), targets: infos, clock, random }, options)
  return shared ? new SharedStrategy(alone, { ...shared, clock }) : alone
}

const keyOf = (
  targets: readonly BalanceTarget<AnyModel>[],
  { strategy = 'weighted', key }: Pick<BalanceOptions, 'strategy' | 'key'>,
): string => key ?? [strategy, ...targets.map(({ model }) => `${model.provider}/${model.id}`)].join(' ')

const both = (a: Promise<unknown> | undefined, b: Promise<unknown> | undefined): Promise<unknown> | undefined =>
  a && b ? Promise.all([a, b]) : (a ?? b)

function check(strategy: StrategyName, infos: readonly Pick<BalanceTarget, 'weight'>[]): void {
  const names = Object.keys(strategies)
  if (!names.includes(strategy))
    throw new AnyModelError('invalid-argument', `There is no strategy "${strategy}". There are ${names.join(', ')}.`)
  const wrong = infos.find(({ weight }) => !Number.isFinite(weight) || (weight as number) < 0)
  if (wrong) throw new AnyModelError('invalid-argument', `A weight is a number from 0, not ${wrong.weight}.`)
}

function inOrder(models: readonly AnyModel[], order: readonly number[], kept: number | undefined): AnyModel[] {
  const first = kept === undefined ? order : [kept, ...order.filter((target) => target !== kept)]
  return first.map((target) => models[target] as AnyModel)
}

interface Followers {
  readonly strategy: Strategy
  readonly memory: Sticky | undefined
  readonly clock: () => number
  /** What is shared by. */
  readonly state: LooseState | undefined
}

/** A target that tells the strategy how it fares. */
function follow(model: AnyModel, target: number, { strategy, memory, clock, state }: Followers): AnyModel {
  const begin = (call: AnyCall): Watch => {
    const startedAt = clock()
    let firstContentMs: number | undefined
    const end = (result: Outcome['result'], finish?: FinishPart) =>
      strategy.ended?.(target, {
        result,
        firstContentMs,
        durationMs: clock() - startedAt,
        output: finish?.usage?.output,
        isWhole: isWhole(call),
      })
    strategy.started?.(target)
    return {
      notice: () => state?.notice(),
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
  const { alone, ...known } = candidateOf(model)
  return asCandidate(watched(model, begin), { ...known, alone: alone && watched(alone, begin) })
}
