import type { Json, Usage } from '@anymodel/core'
import type { WireUsage } from './wire.ts'

/** A count. Large ones may come as texts. */
export const count = (value: number | string | undefined): number | undefined =>
  value === undefined || value === null ? undefined : Number(value)

const sum = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined ? b : a + (b ?? 0))

/** The service counts thoughts beside the answer and tool results beside the prompt; for us they are part of them. */
export function toUsage(usage: WireUsage | undefined): Usage {
  if (!usage) return {}
  const reasoning = count(usage.thoughtsTokenCount)
  return {
    input: sum(count(usage.promptTokenCount), count(usage.toolUsePromptTokenCount)),
    output: sum(count(usage.candidatesTokenCount), reasoning),
    total: count(usage.totalTokenCount),
    cacheRead: count(usage.cachedContentTokenCount),
    reasoning,
    raw: usage as unknown as Json,
  }
}
