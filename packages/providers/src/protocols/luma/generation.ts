import { AnyModelError } from '@anymodel/core'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Step, StepContext } from '../../media/steps.ts'
import { Reported } from '../../reported.ts'

interface Generation {
  readonly id?: string
  readonly state?: string
  readonly failure_reason?: string | null
  readonly assets?: { readonly image?: string | null; readonly video?: string | null } | null
}

/** What came of a generation. */
export interface Made {
  readonly id: string | undefined
  readonly image: string | undefined
  readonly video: string | undefined
}

/** What a reply about a generation means. It can be taken back as long as it is not done. */
export function readGeneration(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<Made> {
  const { id, state: word, failure_reason: reason, assets } = objectOf(reply) as Generation
  const state = jobState(word)
  if (state === 'failed' || state === 'cancelled') {
    const message = reason ?? 'The generation failed.'
    if (/moderat|nsfw|policy|not allowed/i.test(message))
      throw new AnyModelError('content-filter', `${target.provider}/${target.model}: ${message}`)
    throw new Reported({ ...target, body: { message } })
  }
  if (typeof id !== 'string' || id === '') throw new AnyModelError('malformed', 'The generation has no id.')
  const path = `/generations/${encodeURIComponent(id)}`
  if (state === 'waiting')
    return { type: 'ask', ask: { path, method: 'GET' }, wait: true, cancel: { path, method: 'DELETE' } }
  return { type: 'done', result: { id, image: assets?.image ?? undefined, video: assets?.video ?? undefined } }
}
