import { AnyModelError, type JsonObject } from '@anymodel/core'
import { costTold } from '../../media/cost-told.ts'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { jobFailed } from '../../media/job-failed.ts'
import { jobState } from '../../media/job-state.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { AskReply, Filmed, Step, StepContext } from '../../media/steps.ts'
import type { VideoFormat } from '../../protocol.ts'

interface Generation {
  readonly request_id?: string
  readonly status?: string
  /** Percent. */
  readonly progress?: number
  readonly model?: string
  readonly video?: { readonly url?: string; readonly duration?: number; readonly respect_moderation?: boolean } | null
  readonly usage?: JsonObject | null
  readonly error?: { readonly code?: string; readonly message?: string } | string | null
}

export const xaiFilming: VideoFormat = {
  request: ({ prompt, seconds, resolution, aspectRatio, firstFrame, references }, { model }) => ({
    path: '/videos/generations',
    body: defined({
      model,
      prompt,
      duration: seconds,
      resolution,
      aspect_ratio: aspectRatio,
      ...(firstFrame && { image: { url: dataUrl(firstFrame) } }),
      ...(references && { reference_images: references.map((file) => ({ url: dataUrl(file) })) }),
    }),
    warnings: [],
  }),
  read: readGeneration,
}

/** The first reply has the id alone; later ones, under the status 202, how far it is. */
function readGeneration(reply: AskReply, { target }: Pick<StepContext<unknown>, 'target'>): Step<Filmed> {
  const { request_id: id, status, progress, video, usage, model, error } = objectOf(reply) as Generation
  const { asked } = reply
  if (asked.method !== 'GET') {
    if (typeof id !== 'string') throw new AnyModelError('malformed', 'The request has no request_id.')
    return { type: 'ask', ask: { path: `/videos/${encodeURIComponent(id)}`, method: 'GET' }, wait: true }
  }
  const state = error ? 'failed' : jobState(status)
  if (state === 'failed' || state === 'cancelled') {
    const { message, code } = typeof error === 'string' ? { message: error, code: undefined } : (error ?? {})
    throw jobFailed(target, message ?? `The request is ${status}.`, code)
  }
  if (state === 'waiting' && !video)
    return { type: 'ask', ask: asked, wait: true, ...(typeof progress === 'number' && { progress: progress / 100 }) }
  const moderated = video?.respect_moderation === false
  const details = defined({ seconds: video?.duration, ...costTold(usage) })
  return {
    type: 'done',
    result: {
      model,
      videos: video?.url && !moderated ? [{ url: video.url }] : [],
      ...(moderated && { filtered: 'it did not pass moderation' }),
      ...(usage && { usage: { raw: usage } }),
      ...(Object.keys(details).length > 0 && { details }),
    },
  }
}
