import { AnyModelError } from '@anymodel/core'
import { costTold } from '../../media/cost-told.ts'
import { defined } from '../../media/defined.ts'
import { jobFailed } from '../../media/job-failed.ts'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Filmed, Media, Step, StepContext } from '../../media/steps.ts'
import type { VideoJobBody } from './wire.ts'

/** What a reply about a job means. Its reply to the first request is never the last word: the job is looked at, so that it has a handle. */
export function readVideoJob(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<Filmed> {
  const body = objectOf(reply) as VideoJobBody
  const { id, status, progress, error } = body
  if (typeof id !== 'string' || id === '') throw new AnyModelError('malformed', 'The job has no id.')
  const state = jobState(status)
  if (state === 'failed' || state === 'cancelled') {
    const { message, code } = typeof error === 'string' ? { message: error, code: undefined } : (error ?? {})
    throw jobFailed(target, message ?? `The job is ${status}.`, code)
  }
  const path = `/videos/${encodeURIComponent(id)}`
  if (state === 'done' && reply.asked.method === 'GET') return { type: 'done', result: toFilmed(body, path) }
  const known = typeof progress === 'number' ? { progress: progress / 100 } : {}
  return { type: 'ask', ask: { path, method: 'GET' }, wait: true, ...known }
}

function toFilmed({ id, model, seconds, size, outputs, unsigned_urls, usage }: VideoJobBody, path: string): Filmed {
  const { cost } = costTold(outputs?.cost === undefined ? usage : outputs)
  const details = defined({ seconds: seconds ?? undefined, size: size ?? undefined, cost })
  return {
    id,
    model,
    videos: toMedia(outputs?.video_url, unsigned_urls?.length, path),
    ...(usage && { usage: { raw: usage } }),
    ...(Object.keys(details).length > 0 && { details }),
  }
}

function toMedia(url: string | undefined, count: number | undefined, path: string): Media[] {
  if (url) return [{ url }]
  if (count === undefined) return [{ url: `${path}/content`, authorized: true }]
  return Array.from({ length: count }, (_, index) => ({ url: `${path}/content?index=${index}`, authorized: true }))
}
