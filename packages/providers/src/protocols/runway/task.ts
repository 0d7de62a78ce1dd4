import { AnyModelError } from '@anymodel/core'
import { jobFailed } from '../../media/job-failed.ts'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Filmed, Step, StepContext } from '../../media/steps.ts'

interface Task {
  readonly id?: string
  readonly status?: string
  /** From 0 to 1. */
  readonly progress?: number
  readonly output?: readonly string[]
  readonly failure?: string
  readonly failureCode?: string
  readonly cost?: { readonly credits?: number }
}

/** What a reply about a task means. It is cancelled by deleting it. */
export function readTask(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<Filmed> {
  const { id, status, progress, output = [], failure, failureCode, cost } = objectOf(reply) as Task
  if (typeof id !== 'string' || id === '') throw new AnyModelError('malformed', 'The task has no id.')
  const state = jobState(status)
  if (state === 'failed' || state === 'cancelled')
    throw jobFailed(target, failure ?? `The task is ${status}.`, failureCode)
  if (state === 'done' && reply.asked.method === 'GET') {
    const videos = output.map((url) => ({ url }))
    return {
      type: 'done',
      result: { id, videos, ...(cost?.credits !== undefined && { details: { credits: cost.credits } }) },
    }
  }
  const path = `/tasks/${encodeURIComponent(id)}`
  return {
    type: 'ask',
    ask: { path, method: 'GET' },
    wait: true,
    cancel: { path, method: 'DELETE' },
    ...(typeof progress === 'number' && { progress }),
  }
}
