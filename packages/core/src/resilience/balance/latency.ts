import { isAnyModelError } from '../../errors.ts'
import {
  isAmount,
  isForEach,
  isWhole,
  lowestFirst,
  type Outcome,
  type Strategy,
  type StrategyContext,
} from './strategy.ts'

export interface LatencyOptions {
  /** Targets up to this share slower than the fastest are taken for equal, and asked in random order. Default 0. */
  readonly buffer?: number
}

/** Times of one target, the last ones. */
interface Samples {
  readonly streamed: number[]
  readonly whole: number[]
}

function isSamples(value: unknown): value is Samples {
  const { streamed, whole } = (value ?? {}) as Partial<Samples>
  return [streamed, whole].every((list) => Array.isArray(list) && list.every(isAmount))
}

const kept = 10
const penalty = 1_000_000

/**
 * The fastest target: of the last ten requests the mean time to the first content, or per token where the answer was asked for whole. A timeout counts as 1,000 s. Targets that nobody has asked yet
 * come first.
 */
export function latency(context: StrategyContext, { buffer = 0 }: LatencyOptions): Strategy {
  let samples = context.targets.map((): Samples => ({ streamed: [], whole: [] }))
  const mean = (target: number, kind: 'streamed' | 'whole') => {
    const all = samples[target]?.[kind] ?? []
    return all.length === 0 ? 0 : all.reduce((sum, one) => sum + one, 0) / all.length
  }
  return {
    rank(call) {
      const kind = isWhole(call) ? 'whole' : 'streamed'
      const means = context.targets.map((_, target) => mean(target, kind))
      const limit = Math.min(...means) * (1 + buffer)
      return lowestFirst(context, (target) => ((means[target] as number) <= limit ? 0 : (means[target] as number)))
    },
    ended(target, outcome) {
      const sample = sampleOf(outcome)
      const list = samples[target]?.[outcome.isWhole ? 'whole' : 'streamed']
      if (sample === undefined || !list) return
      list.push(sample)
      if (list.length > kept) list.shift()
    },
    save: () => samples,
    load(known) {
      if (!isForEach(known, context, isSamples)) return false
      samples = known.map(({ streamed, whole }) => ({ streamed: streamed.slice(-kept), whole: whole.slice(-kept) }))
      return true
    },
  }
}

function sampleOf({ result, firstContentMs, durationMs, output, isWhole }: Outcome): number | undefined {
  if (isAnyModelError(result)) return result.code === 'timeout' ? penalty : undefined
  if (!isWhole) return firstContentMs
  return result === 'ok' ? durationMs / Math.max(1, output ?? 1) : undefined
}
