import { once } from 'node:events'
import {
  AnyModelError,
  isAnyModelError,
  type VideoJob,
  type VideoOptions,
  type VideoResult,
  type VideoStream,
} from '@anymodel/core'
import { type ModelOptions, modelName, type OpenClient, openClient } from './client.ts'
import { drawingBar } from './drawing-bar.ts'
import { Interrupted } from './failure.ts'
import { numbered, readPicture } from './media-files.ts'
import { outputClosed, remark, write } from './output.ts'
import { readPiped } from './prompt.ts'
import { readHandle, type VideoHandle } from './video-handle.ts'

export interface VideoFlags extends Pick<ModelOptions, 'config' | 'model'> {
  /** Where the video goes; several are numbered. Default: the standard output, when it is no terminal. */
  readonly output?: string
  readonly n?: number
  readonly size?: string
  readonly ratio?: string
  readonly resolution?: string
  readonly seconds?: number
  readonly fps?: number
  readonly seed?: number
  readonly negative?: string
  readonly audio?: boolean
  /** Paths or URLs of pictures. */
  readonly first?: string
  readonly last?: string
  readonly reference?: readonly string[]
  readonly webhook?: string
  readonly start?: boolean
  /** Paths of handles. */
  readonly resume?: string
  readonly cancel?: string
  readonly json?: boolean
}

/** `anymodel video "waves on a beach" -o waves.mp4`: makes a video, or starts, goes on with or cancels the job for one. */
export async function video(words: string, flags: VideoFlags): Promise<void> {
  const { start, resume, cancel } = flags
  if (start !== true && cancel === undefined) checkOutput(flags)
  const path = resume ?? cancel
  const handle = path === undefined ? undefined : await readHandle(path)
  const model = flags.model ?? handle?.name ?? (await modelName(flags, 'video'))
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const signal = AbortSignal.any([interrupt.signal, outputClosed])
  const call = handle ? undefined : await toCall(words, flags)
  const client = await openClient(flags)
  try {
    if (handle) return await goOn(client, { model, job: handle.job, signal }, flags)
    const options = { ...(call as Call), model, signal }
    if (start) return await write(`${JSON.stringify(await client.ai.startVideo(options))}\n`)
    await deliver(client.ai.streamVideo(options), flags)
  } finally {
    await client.close()
  }
}

type Call = Omit<VideoOptions, 'model'>

interface JobCall {
  readonly model: string
  readonly job: VideoHandle['job']
  readonly signal: AbortSignal
}

async function goOn({ ai }: OpenClient, call: JobCall, flags: VideoFlags): Promise<void> {
  if (flags.cancel === undefined) return deliver(ai.streamVideoJob(call), flags)
  await ai.cancelVideo(call)
  remark('The job is cancelled.')
}

function checkOutput({ output, n = 1, json }: VideoFlags): void {
  if (output !== undefined) return
  const wrong = (why: string): never => {
    throw new AnyModelError('invalid-argument', `Say where the video shall go: -o waves.mp4. ${why}`)
  }
  if (process.stdout.isTTY) wrong('Without it the file is written into a pipe, and there is none.')
  if (n !== 1 || json) wrong('Only one video, and nothing else, fits into a pipe.')
}

async function toCall(words: string, flags: VideoFlags): Promise<Call> {
  const { n, size, ratio, resolution, seconds, fps, seed, negative, audio } = flags
  const { first, last, reference = [], webhook } = flags
  const given = {
    prompt: words !== '' || process.stdin.isTTY ? words : (await readPiped()).trim(),
    n,
    size,
    aspectRatio: ratio,
    resolution,
    seconds,
    fps,
    seed,
    negativePrompt: negative,
    audio,
    webhook,
    firstFrame: first === undefined ? undefined : await readPicture(first),
    lastFrame: last === undefined ? undefined : await readPicture(last),
    references: reference.length === 0 ? undefined : await Promise.all(reference.map(readPicture)),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as Call
}

/** Shows how far it is, and writes what came. */
async function deliver(stream: VideoStream, flags: VideoFlags): Promise<void> {
  const bar = await drawingBar('Filming')
  let job: VideoJob | undefined
  try {
    for await (const event of stream) {
      if (event.type === 'submitted') {
        job = event.job
        bar.update(0)
      } else if (event.type === 'progress') bar.update(event.fraction)
    }
  } catch (error) {
    bar.stop()
    if (job && flags.resume === undefined) tellJob(job, error)
    throw error
  } finally {
    bar.stop()
  }
  const result = await stream.result
  for (const { message } of result.warnings) remark(message)
  await (flags.output === undefined ? writeVideo(result) : saveVideos(result, flags.output, flags))
}

/** What becomes of a job whose end is not waited for: it is paid for. */
function tellJob(job: VideoJob, error: unknown): void {
  const isStopped = error instanceof Interrupted && (job.job as { cancel?: unknown } | null)?.cancel !== undefined
  if (isStopped) remark('The service was asked to cancel the job.')
  else if (error instanceof Interrupted || (isAnyModelError(error) && outOfSight.has(error.code)))
    remark(`The job may go on at the service. Its handle, for --resume: ${JSON.stringify(job)}`)
}

/** Errors that say nothing of how the job is. */
const outOfSight: ReadonlySet<string> = new Set(['network', 'timeout', 'malformed', 'rate-limit', 'server', 'auth'])

async function writeVideo({ videos: [video] }: VideoResult): Promise<void> {
  if (video && !process.stdout.write(video.data)) await once(process.stdout, 'drain')
}

async function saveVideos(
  { videos, response: { provider, model, details } }: VideoResult,
  output: string,
  { json }: VideoFlags,
): Promise<void> {
  const saved = videos.map((video, at) => ({ video, path: videos.length === 1 ? output : numbered(output, at + 1) }))
  for (const { video, path } of saved) await video.save(path)
  const told = saved.map(({ video, path }) => ({ path, mediaType: video.mediaType, bytes: video.data.length }))
  if (json) return write(`${JSON.stringify({ videos: told, provider, model, details })}\n`)
  for (const { path, mediaType, bytes } of told) remark(`${path} (${mediaType}, ${(bytes / 1_000_000).toFixed(1)} MB)`)
}
