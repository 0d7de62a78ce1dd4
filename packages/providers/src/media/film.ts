import {
  AnyModelError,
  isAnyModelError,
  type ResponseInfo,
  type VideoCall,
  type VideoEvent,
  type VideoJob,
  type VideoJobCall,
} from '@anymodel/core'
import type { Endpoint } from '../endpoint.ts'
import { meaning } from '../failure.ts'
import type { Target, VideoFormat } from '../protocol.ts'
import { parse, readText } from '../reply-text.ts'
import { requestId } from '../request-id.ts'
import { withoutSecrets } from '../secrets.ts'
import type { MediaOptions } from './draw.ts'
import { fetchFile } from './fetch-file.ts'
import { runSteps, withOneKey } from './run-steps.ts'
import { sendAsk } from './send-ask.ts'
import type { Ask, Filmed } from './steps.ts'
import { textTold, usageTold } from './told.ts'
import { fromJob, toJob } from './video-job.ts'

/** Who is asked for videos, and how. */
interface Source {
  readonly endpoint: Endpoint
  readonly format: VideoFormat
  readonly target: Target
  readonly options: MediaOptions
}

/** Makes videos: begins a job, goes on with one, or cancels one. */
export const filming = (source: Source) => ({
  async *film(call: VideoCall): AsyncGenerator<VideoEvent, undefined> {
    call.signal?.throwIfAborted()
    const { warnings, ...ask } = source.format.request(call, source.target)
    for (const warning of warnings) yield { type: 'notice', kind: 'warning', message: warning.message, warning }
    yield* followed(source, call, ask, true)
  },
  async *resume(job: VideoJob, call: VideoJobCall): AsyncGenerator<VideoEvent, undefined> {
    yield* followed(source, call, fromJob(job, source.target).ask, false)
  },
  async cancel(job: VideoJob, call: VideoJobCall = {}): Promise<void> {
    const { endpoint, format, target } = source
    const { cancel } = fromJob(job, target)
    if (!cancel) throw new AnyModelError('unsupported', `${target.provider} gave no way to cancel this job.`, target)
    const { reply, secrets } = await sendAsk(endpoint, cancel, call, { hosts: format.hosts })
    const { status, headers, body } = reply
    const said = parse(await readText(body))
    if (status < 200 || status >= 300)
      throw withoutSecrets(await meaning({ ...target, status, headers, body: said }, format.errorCodes), secrets)
  },
})

/** A job from one of its requests to its end. */
async function* followed(
  given: Source,
  call: VideoJobCall & Partial<VideoCall>,
  from: Ask,
  first: boolean,
): AsyncGenerator<VideoEvent, undefined> {
  // What it made lies with that account too.
  const source = { ...given, endpoint: withOneKey(given.endpoint) }
  const { endpoint, format, target, options } = source
  let known = false
  let furthest = -1
  const run = { endpoint, format, context: { target, call }, jobs: options.jobs, detached: call.detached }
  for await (const event of runSteps(run, from, first)) {
    if (event.type === 'done') return yield* delivered(source, call, event.result, event.headers)
    if (event.type === 'headers') {
      const message = `The service answered with status ${event.status}.`
      yield { type: 'notice', kind: 'headers', message }
      continue
    }
    if (!known) yield { type: 'submitted', job: toJob(target, event) }
    known = true
    // Work in stages begins to count anew with each.
    const progress = Number.isFinite(event.progress) ? Number(event.progress) : -1
    yield atWork(progress > furthest ? progress : undefined)
    furthest = Math.max(furthest, progress)
  }
  throw new AnyModelError('truncated', 'The job ended without a result.', target)
}

const atWork = (progress: number | undefined): VideoEvent =>
  progress === undefined
    ? { type: 'notice', kind: 'alive', message: 'The service is still working.' }
    : { type: 'progress', fraction: Math.min(1, Math.max(0, progress)) }

/** Fetches the videos one by one, since they are large, and says the end. */
async function* delivered(
  { endpoint, format, target, options }: Source,
  { signal }: VideoJobCall,
  { videos, filtered, usage, id, model, details }: Filmed,
  headers: Readonly<Record<string, string>>,
): AsyncGenerator<VideoEvent, undefined> {
  if (videos.length === 0) throw withheld(target, filtered)
  if (filtered !== undefined) {
    const message = `${target.provider}/${target.model} held videos back: ${filtered}`
    yield { type: 'notice', kind: 'warning', message, warning: { option: 'n', message } }
  }
  const settings = { downloads: options.downloads, hosts: format.hosts, signal }
  for (const [index, media] of videos.entries()) {
    const fetched = fetchFile(endpoint, media, settings, options.jobs)
    const { data, mediaType = 'video/mp4' } = await fetched.catch((error: unknown) => {
      throw isAnyModelError(error) ? error.with(target) : error
    })
    yield { type: 'video', index, mediaType, data }
  }
  const request = requestId(headers)
  const response: ResponseInfo = {
    ...target,
    model: textTold(model) ?? target.model,
    headers,
    ...(typeof id === 'string' && { id }),
    ...(request !== undefined && { requestId: request }),
    ...(details && { details }),
  }
  yield { type: 'finish', usage: usageTold(usage), response }
}

const withheld = (target: Target, reason: string | undefined): AnyModelError =>
  reason === undefined
    ? new AnyModelError('malformed', `${target.provider}/${target.model}: the job is done and has no video.`, target)
    : new AnyModelError('content-filter', `${target.provider}/${target.model} held the video back: ${reason}`, target)
