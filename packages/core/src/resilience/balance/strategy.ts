import type { AnyModelError } from '../../errors.ts'
import type { AnyCall, Kind } from '../kinds.ts'
import type { Price } from '../price.ts'

/** What a strategy knows of a target before anything is asked. */
interface TargetInfo {
  readonly weight: number
  readonly price: Price | undefined
}

/** How one request to a target ended. */
export interface Outcome {
  readonly result: 'ok' | 'left' | AnyModelError
  /** Milliseconds to the first content, when there was any. */
  readonly firstContentMs: number | undefined
  readonly durationMs: number
  /** Tokens of the answer, where they are known. */
  readonly output: number | undefined
  /** The answer was asked for whole, so its first content says how long it was, not how soon it began. */
  readonly isWhole: boolean
}

/** What a strategy is made with. */
export interface StrategyContext {
  readonly kind: Kind
  readonly targets: readonly TargetInfo[]
  readonly clock: () => number
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number
}

/** Who is asked first. Targets go by their index. */
export interface Strategy {
  /** All targets, the best one for this call in front. */
  rank(call: AnyCall): number[]
  started?(target: number): void
  ended?(target: number, outcome: Outcome): void
}

/** True for a call whose answer is asked for whole. */
export const isWhole = (call: AnyCall): boolean => (call as { readonly delivery?: string }).delivery === 'whole'

/** Indices of the targets, those with the lowest value in front; equal ones in random order. */
export function lowestFirst({ targets, random }: StrategyContext, value: (target: number) => number): number[] {
  const keyed = targets.map((_, target) => ({ target, value: value(target), tie: random() }))
  return keyed.sort((a, b) => compare(a.value, b.value) || a.tie - b.tie).map(({ target }) => target)
}

/** Infinity - Infinity is not a number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
