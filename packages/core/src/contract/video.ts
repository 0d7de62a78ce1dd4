import type { MediaInput } from './image.ts'
import type { Json } from './json.ts'
import type { NoticePart, ResponseInfo } from './part.ts'
import type { Usage } from './usage.ts'

/** Options that tune a video. A model that lacks one follows `onUnsupported`. */
export interface VideoTuning {
  /** Pixels. */
  readonly size?: { readonly width: number; readonly height: number }
  /** Width to height, such as `16:9`; for models that choose the pixels themselves. */
  readonly aspectRatio?: `${number}:${number}`
  /** Lines, for models that have steps of them. */
  readonly resolution?: '480p' | '540p' | '720p' | '1080p' | '1440p' | '2160p'
  /** Length. */
  readonly seconds?: number
  /** Pictures per second. */
  readonly fps?: number
  /** The same seed and options give a similar video. */
  readonly seed?: number
  /** What should not be in the video. */
  readonly negativePrompt?: string
  /** With sound, or without. */
  readonly audio?: boolean
}

/** The name of a tuning option of videos. */
export type VideoKnob = keyof VideoTuning

/** What the video verbs hand to a model: checked, with defaults filled in. */
export interface VideoCall extends VideoTuning {
  readonly prompt: string
  /** Videos of one request, 1 to `VideoSupport.maxCount`. */
  readonly count: number
  /** The picture that it begins with. */
  readonly firstFrame?: MediaInput
  /** The picture that it ends with. */
  readonly lastFrame?: MediaInput
  /** Pictures of what shall appear in it. */
  readonly references?: readonly MediaInput[]
  /** Where the service shall say that the job is done, where it can. */
  readonly webhook?: string
  /** Leaving, or an abort, does not cancel the job. */
  readonly detached?: boolean
  /** What to do about a tuning option that the model lacks. Default `warn`. */
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  /** What wrappers tell calls apart by (a tenant, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** What a video model can do, as data. What is absent is not there. */
export interface VideoSupport {
  /** Videos that one request can ask for. Default 1. */
  readonly maxCount?: number
  readonly firstFrame?: boolean
  readonly lastFrame?: boolean
  /** Pictures of things that it takes. Default 0. */
  readonly references?: number
  /** It says by a webhook that a job is done. */
  readonly webhook?: boolean
  readonly knobs?: readonly VideoKnob[]
}

/** A job of a service: plain JSON, so that it can be written down and another process can pick it up. It holds no credentials. */
export interface VideoJob {
  readonly provider: string
  readonly model: string
  /** What the provider needs to find it again. */
  readonly job: Json
}

/** What a model says while it makes a video. */
export type VideoEvent =
  /** The service has the job; once per request, and again when it is found elsewhere. */
  | { readonly type: 'submitted'; readonly job: VideoJob }
  /** `fraction`: from 0 to 1. */
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'video'; readonly index: number; readonly mediaType: string; readonly data: Uint8Array }
  | NoticePart
  | { readonly type: 'finish'; readonly usage: Usage; readonly response: ResponseInfo }

/** How a job is gone on with. */
export type VideoJobCall = Pick<VideoCall, 'detached' | 'headers' | 'signal'>

/** A model that makes videos. A video takes minutes: the service makes a job of each request. */
export interface VideoModel {
  readonly provider: string
  readonly id: string
  readonly supports: VideoSupport
  /** Asks the model. Nothing is sent before the first `next()`; ends with one `finish`, or throws an `AnyModelError`. */
  film(call: VideoCall): AsyncIterable<VideoEvent>
  /** Goes on with a job that was submitted, here or by another process. Throws `invalid-argument` for what is no job of this model. */
  resume(job: VideoJob, call?: VideoJobCall): AsyncIterable<VideoEvent>
  /** Cancels a job, or rejects as `resume` does; absent where the service has no way to. */
  cancel?(job: VideoJob, call?: VideoJobCall): Promise<void>
}
