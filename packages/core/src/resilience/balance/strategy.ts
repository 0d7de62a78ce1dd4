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
  /** What it has learned, as JSON, for other processes. Of requests under way it knows nothing. */
  save?(): unknown
  /** Takes over what another process has learned. False for what is none of that: then nothing changes. */
  load?(known: unknown): boolean
}

/** True for a list of as many things as there are targets, each of them right. */
export const isForEach = <T>(
  known: unknown,
  { targets }: StrategyContext,
  isRight: (one: unknown) => one is T,
): known is T[] => Array.isArray(known) && known.length === targets.length && known.every(isRight)

export const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0

/** True for a call whose answer is asked for whole. */
export const isWhole = (call: AnyCall): boolean => (call as { readonly delivery?: string }).delivery === 'whole'

/** Indices of the targets, those with the lowest value in front; equal ones in random order. */
export function lowestFirst({ targets, random }: StrategyContext, value: (target: number) => number): number[] {
  const keyed = targets.map((_, target) => ({ target, value: value(target), tie: random() }))
  return keyed.sort((a, b) => compare(a.value, b.value) || a.tie - b.tie).map(({ target }) => target)
}

/** Infinity - Infinity is not a number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
