import type { ImageCall, ImageEvent, ImageModel, Outpaint } from '../contract/image.ts'
import type { Attempt, ResponseInfo, Warning } from '../contract/part.ts'
import type { Usage } from '../contract/usage.ts'
import type { DownloadOptions } from '../http/download.ts'
import type { Given } from './given-model.ts'
import type { MediaFile } from './media-file.ts'

/** A picture as you have it: bytes, a URL (`https:`, `data:`), base64 text, or one of these with its media type, which is else read from the bytes. */
export type ImageInput =
  | Uint8Array
  | ArrayBuffer
  | URL
  | string
  | { readonly data: Uint8Array | ArrayBuffer | URL | string; readonly mediaType?: string }

/** Options of `generateImage` and `streamImage`. */
export interface ImageOptions extends Omit<ImageCall, 'count' | 'size' | 'images' | 'mask' | 'outpaint' | 'upscale'> {
  readonly model: Given<ImageModel>
  /** How many pictures, at most 1,000. Default 1. What one request can't give is split over several; with `seed`, picture `i` has the seed `seed + i`. */
  readonly n?: number
  /** Pixels: `'512x768'` is 512 wide and 768 high. Default: what the model is made for. */
  readonly size?: `${number}x${number}` | { readonly width: number; readonly height: number }
  /** Pictures to start from. */
  readonly images?: readonly ImageInput[]
  /** What of the first picture is painted anew: white is, black stays. */
  readonly mask?: ImageInput
  /** Requests at the same time, where `n` makes several of one call. Default 4. */
  readonly concurrency?: number
  /** How pictures given by URL are fetched. */
  readonly downloads?: DownloadOptions
}

/** Options of `editImage` and `streamImageEdit`. */
export interface ImageEditOptions extends Omit<ImageOptions, 'prompt' | 'images'> {
  /** The picture to change. Give it, or `images`. */
  readonly image?: ImageInput
  /** Several pictures: the first is changed, the others show the model what is meant. */
  readonly images?: readonly ImageInput[]
  /** What to change, in words. Without it, mask and `outpaint` the model makes a variation. */
  readonly instruction?: string
  /** Paints on beyond the edges: pixels to add on each side, 0 where none are given. Where the model can only paint within masks, a PNG picture is put on a larger ground and what is new is masked, with a warning. */
  readonly outpaint?: Partial<Outpaint>
}

/** Options of `upscaleImage` and `streamImageUpscale`. */
export interface ImageUpscaleOptions extends Omit<ImageOptions, 'prompt' | 'images' | 'mask' | 'aspectRatio'> {
  readonly image: ImageInput
  /** How many times as wide and high, above 1. Give this, or `size`. Default: what the model is made for. */
  readonly factor?: number
  /** What is on the picture, for models that invent details. */
  readonly prompt?: string
}

/** What a picture verb asks for, whichever it is. */
export interface PictureOptions extends ImageOptions, Pick<ImageCall, 'outpaint' | 'upscale'> {}

/** A picture that a model made. */
export interface GeneratedImage extends MediaFile {
  /** Pixels, where the bytes tell. */
  readonly width?: number
  readonly height?: number
  /** The seed that gives this picture again, where the model knows it. */
  readonly seed?: number
  /** The prompt that the service made of yours. */
  readonly revisedPrompt?: string
  /** A safety checker took the picture for harmful: its pixels are blank. */
  readonly flagged?: boolean
}

/** What `generateImage` gives. */
export interface ImageResult {
  /** As many as were asked for; where a service held some back, fewer, and a warning says so. */
  readonly images: readonly GeneratedImage[]
  /** Summed over all requests. */
  readonly usage: Usage
  /** Those of all requests, each once. */
  readonly warnings: readonly Warning[]
  /** Every request, in the order of their pictures. */
  readonly attempts: readonly Attempt[]
  /** What was said about the answer to the first request. */
  readonly response: ResponseInfo
}

/** Pictures on their way. Nothing is sent before somebody reads; any number of readers may. */
export interface ImageStream extends AsyncIterable<ImageEvent> {
  /** What `generateImage` would have returned. Reading it runs the requests to their end. */
  readonly result: Promise<ImageResult>
}
