import type { Attempt, ResponseInfo, Warning } from '../contract/part.ts'
import type { Usage } from '../contract/usage.ts'
import type { VideoCall, VideoEvent, VideoJob, VideoModel } from '../contract/video.ts'
import type { DownloadOptions } from '../http/download.ts'
import type { Given } from './given-model.ts'
import type { ImageInput } from './image-options.ts'
import type { MediaFile } from './media-file.ts'

/** Options of `generateVideo`, `streamVideo` and `startVideo`. */
export interface VideoOptions
  extends Omit<VideoCall, 'count' | 'size' | 'firstFrame' | 'lastFrame' | 'references' | 'detached'> {
  readonly model: Given<VideoModel>
  /** How many videos, at most what the model makes of one request. Default 1. */
  readonly n?: number
  /** Pixels: `'1280x720'`. Default: what the model is made for. */
  readonly size?: `${number}x${number}` | { readonly width: number; readonly height: number }
  /** The picture that it begins with. */
  readonly firstFrame?: ImageInput
  /** The picture that it ends with. */
  readonly lastFrame?: ImageInput
  /** Pictures of what shall appear in it. */
  readonly references?: readonly ImageInput[]
  /** How pictures given by URL are fetched. */
  readonly downloads?: DownloadOptions
}

/** Options of `resumeVideo` and `cancelVideo`. */
export interface VideoJobOptions {
  /** The model that the job was given to. */
  readonly model: Given<VideoModel>
  /** What `startVideo` gave, or a `submitted` event; plain JSON. */
  readonly job: VideoJob
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** What `generateVideo` gives. */
export interface VideoResult {
  /** As many as were asked for; where a service held some back, fewer, and a warning says so. */
  readonly videos: readonly MediaFile[]
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  /** Every request, failed ones too. */
  readonly attempts: readonly Attempt[]
  readonly response: ResponseInfo
}

/** A video on its way. Nothing is sent before somebody reads; any number of readers may. */
export interface VideoStream extends AsyncIterable<VideoEvent> {
  /** What `generateVideo` would have returned. Reading it runs the job to its end. */
  readonly result: Promise<VideoResult>
}
