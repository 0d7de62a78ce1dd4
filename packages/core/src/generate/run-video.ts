import type { VideoCall, VideoEvent, VideoKnob, VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { fitKnobs } from './fit-knobs.ts'
import { givenModel } from './given-model.ts'
import { readImage, toSize } from './image-call.ts'
import type { ImageInput } from './image-options.ts'
import { madeFile } from './made-file.ts'
import { runEvents } from './run-events.ts'
import type { VideoJobOptions, VideoOptions, VideoResult } from './video-options.ts'

const knobs: readonly VideoKnob[] = [
  'size',
  'aspectRatio',
  'resolution',
  'seconds',
  'fps',
  'seed',
  'negativePrompt',
  'audio',
]

type Emit = (event: VideoEvent) => void | Promise<void>

const example = 'google().video(id)'

/** The model of a call, by what makes a video. */
export const videoModel = (given: VideoOptions['model']): Promise<VideoModel> => givenModel(given, 'film', example)

/** A call that a model can take. Rejects with `invalid-argument` or `unsupported` before anything is sent. */
export async function toVideoCall(options: Omit<VideoOptions, 'model'>, model: VideoModel) {
  check(options)
  refuse(options, model)
  const { n = 1, size, firstFrame, lastFrame, references, downloads, ...rest } = options
  const read = (input: ImageInput) => readImage(input, { downloads, signal: options.signal })
  const call: VideoCall = {
    ...rest,
    count: n,
    ...(size !== undefined && { size: toSize(size) }),
    ...(firstFrame !== undefined && { firstFrame: await read(firstFrame) }),
    ...(lastFrame !== undefined && { lastFrame: await read(lastFrame) }),
    ...(references && references.length > 0 && { references: await Promise.all(references.map(read)) }),
  }
  return fitKnobs(call, knobs, model)
}

/** Asks for videos and waits for them; `emit` takes the events. */
export async function runVideo({ model: given, ...options }: VideoOptions, emit: Emit): Promise<VideoResult> {
  const model = await videoModel(given)
  const { call, warnings } = await toVideoCall(options, model)
  return readVideos(model, () => model.film(call), { warnings, emit, signal: options.signal, count: call.count })
}

/** Goes on with a job and waits for its end. */
export async function runJob(
  { model: given, job, headers, signal }: VideoJobOptions,
  emit: Emit,
): Promise<VideoResult> {
  const model = await videoModel(given)
  const call = { detached: true, ...(headers && { headers }), ...(signal && { signal }) }
  return readVideos(model, () => model.resume(job, call), { warnings: [], emit, signal })
}

interface Reading {
  readonly warnings: Awaited<ReturnType<typeof toVideoCall>>['warnings']
  readonly emit: Emit
  readonly signal: AbortSignal | undefined
  /** Videos that were asked for, where that is known. */
  readonly count?: number
}

async function readVideos(
  model: VideoModel,
  ask: () => AsyncIterable<VideoEvent>,
  { warnings: early, emit, signal, count }: Reading,
): Promise<VideoResult> {
  const videos: VideoResult['videos'][number][] = []
  const { finish, warnings, attempts } = await runEvents<VideoEvent>({
    model,
    warnings: early,
    ask,
    take(event) {
      if (event.type === 'video') videos[event.index] = madeFile('video', event, model)
      return emit(event)
    },
    signal,
  })
  const there = videos.filter((video) => video !== undefined)
  const { provider, id } = model
  if (there.length === 0)
    throw new AnyModelError('malformed', `${provider}/${id} gave no video.`, { provider, model: id })
  const held = count === undefined ? 0 : count - there.length
  const few = { option: 'n', message: `${provider}/${id} gave ${there.length} of ${count} videos.` }
  const { usage, response } = finish
  return { videos: there, usage, response, attempts, warnings: held > 0 ? [...warnings, few] : warnings }
}

function refuse(
  { n = 1, firstFrame, lastFrame, references = [], webhook }: Omit<VideoOptions, 'model'>,
  model: VideoModel,
) {
  const { supports, provider, id } = model
  const lacks = (what: string): never => {
    throw new AnyModelError('unsupported', `${provider}/${id} ${what}`, { provider, model: id })
  }
  const { maxCount = 1, references: most = 0 } = supports
  if (n > maxCount) lacks(`makes at most ${maxCount} video${maxCount === 1 ? '' : 's'} of one request.`)
  if (firstFrame !== undefined && !supports.firstFrame) lacks('does not begin with a given picture.')
  if (lastFrame !== undefined && !supports.lastFrame) lacks('does not end with a given picture.')
  if (references.length > most) lacks(most === 0 ? 'takes no pictures of things.' : `takes at most ${most} pictures.`)
  if (webhook !== undefined && !supports.webhook) lacks('has no webhooks: look at the job instead.')
}

function check(options: Omit<VideoOptions, 'model'>): void {
  const { prompt, n, seconds, fps, seed, aspectRatio, webhook } = options
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (typeof prompt !== 'string' || prompt.trim() === '') wrong('prompt must be a text that is not empty.')
  if (n !== undefined && !(Number.isSafeInteger(n) && n >= 1)) wrong(`n must be a whole number above 0, not ${n}.`)
  if (seconds !== undefined && !(seconds > 0 && Number.isFinite(seconds)))
    wrong(`seconds must be a number above 0, not ${seconds}.`)
  if (fps !== undefined && !(fps > 0 && Number.isFinite(fps))) wrong(`fps must be a number above 0, not ${fps}.`)
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0))
    wrong(`seed must be a whole number from 0 on, not ${seed}.`)
  if (aspectRatio !== undefined && !/^[1-9]\d*:[1-9]\d*$/.test(aspectRatio))
    wrong(`aspectRatio must look like 16:9, not "${aspectRatio}".`)
  if (webhook !== undefined && !/^https?:\/\//.test(webhook)) wrong('webhook must be a URL.')
}
