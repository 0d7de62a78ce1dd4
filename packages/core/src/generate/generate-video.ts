import type { VideoEvent, VideoJob } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { SharedRun } from '../stream/shared-run.ts'
import { mergeProgress } from './merge-progress.ts'
import type { VideoJobOptions, VideoOptions, VideoResult, VideoStream } from './video-options.ts'

const running = () => import('./run-video.ts')

/** Asks a model for videos and waits for them: minutes, as a rule. Rejects with an `AnyModelError`; an abort rejects with `signal.reason` and cancels the job where the service can do that. */
export async function generateVideo(options: VideoOptions): Promise<VideoResult> {
  const { runVideo } = await running()
  return runVideo(options, () => {})
}

/**
 * Asks a model for videos and tells what happens on the way: the job once the service has it, progress, each video, one `finish`.
 *
 * Returns at once. Leaving the only `for await` cancels the job; `signal` does so for all readers, who then get `signal.reason`.
 */
export const streamVideo = (options: VideoOptions): VideoStream =>
  toStream(async (emit, signal) => (await running()).runVideo({ ...options, signal }, emit), options?.signal)

/** Asks a model for videos and returns as soon as the service has the job, which goes on without us: write it down, and `resumeVideo` waits for it, in this process or another. Options that the model lacks are left out unheard: `onUnsupported: 'error'` refuses them. */
export async function startVideo(options: VideoOptions): Promise<VideoJob> {
  const { videoModel, toVideoCall } = await running()
  const { model: given, ...rest } = options
  const model = await videoModel(given)
  const { call } = await toVideoCall(rest, model)
  for await (const event of model.film({ ...call, detached: true })) if (event.type === 'submitted') return event.job
  throw new AnyModelError('malformed', `${model.provider}/${model.id} took the request without making a job of it.`)
}

/** Waits for a job that was started, here or by another process. Leaving or aborting lets the job go on; `cancelVideo` ends it. Rejects with `invalid-argument` for a job of another model. */
export async function resumeVideo(options: VideoJobOptions): Promise<VideoResult> {
  const { runJob } = await running()
  return runJob(options, () => {})
}

/** The same, telling what happens on the way. */
export const streamVideoJob = (options: VideoJobOptions): VideoStream =>
  toStream(async (emit, signal) => (await running()).runJob({ ...options, signal }, emit), options?.signal)

/** Cancels a job. Rejects with `unsupported` where the service has no way to. */
export async function cancelVideo({ model: given, job, headers, signal }: VideoJobOptions): Promise<void> {
  const { videoModel } = await running()
  const model = await videoModel(given)
  if (!model.cancel) throw new AnyModelError('unsupported', `${model.provider}/${model.id} has no way to cancel a job.`)
  await model.cancel(job, { ...(headers && { headers }), ...(signal && { signal }) })
}

type Emit = (event: VideoEvent) => void | Promise<void>

function toStream(
  source: (emit: Emit, signal: AbortSignal) => Promise<VideoResult>,
  signal: AbortSignal | undefined,
): VideoStream {
  const run = new SharedRun<VideoResult, VideoEvent>(source, signal, mergeProgress)
  return {
    get result() {
      return run.result
    },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
