import { AnyModelError } from '@anymodel/core'
import type { Target } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { toUsage } from './usage.ts'
import type { WirePart, WireResponse } from './wire.ts'

const filters = new Set(['SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'RECITATION', 'LANGUAGE'])

/** Follows a stream of `generateContent` to its end. */
export function audioAnswer(target: Target) {
  let last: WireResponse = {}
  let finish: string | number | undefined
  return {
    /** The parts of one event that are no thoughts. Throws for what the service refuses. */
    parts(value: unknown): readonly WirePart[] {
      const event = value as WireResponse & { error?: unknown }
      if (event.error) throw new Reported({ ...target, body: value })
      last = { ...last, ...event }
      const [candidate] = event.candidates ?? []
      finish = candidate?.finishReason ?? finish
      const reason = event.promptFeedback?.blockReason ?? (filters.has(String(finish)) ? String(finish) : undefined)
      if (reason) throw new AnyModelError('content-filter', `${target.provider}/${target.model} refused: ${reason}.`)
      return (candidate?.content?.parts ?? []).filter(({ thought }) => !thought)
    },
    /** Throws `truncated` when the service did not say that it is done. */
    end() {
      if (finish === undefined) throw new AnyModelError('truncated', 'The answer broke off: its end did not come.')
      return { usage: toUsage(last.usageMetadata), ...(last.responseId && { id: last.responseId }) }
    },
  }
}
