import type { Json } from './json.ts'
import type { NoticePart, ResponseInfo } from './part.ts'
import type { CacheControl } from './text.ts'
import type { Usage } from './usage.ts'

/** A file of pixels or sound that goes to a model. */
export interface MediaInput {
  readonly mediaType: string
  readonly data: Uint8Array
}

/** Options that tune a picture. A model that lacks one follows `onUnsupported`. */
export interface ImageTuning {
  /** Pixels. */
  readonly size?: { readonly width: number; readonly height: number }
  /** Width to height, such as `16:9`; for models that choose the pixels themselves. */
  readonly aspectRatio?: `${number}:${number}`
  /** The same seed and options give the same picture. Picture `i` of a request has the seed `seed + i`. */
  readonly seed?: number
  /** What should not be in the picture. */
  readonly negativePrompt?: string
  /** Steps of denoising. */
  readonly steps?: number
  /** How closely the prompt is followed. */
  readonly guidance?: number
  readonly quality?: 'low' | 'medium' | 'high'
  readonly background?: 'opaque' | 'transparent'
  readonly format?: 'png' | 'jpeg' | 'webp'
  /** How far the result may be from the first input image: 0 keeps it, 1 ignores it. */
  readonly strength?: number
}

/** The name of a tuning option of pictures. */
export type ImageKnob = keyof ImageTuning

/**
 * What an image model can be asked for.
 *
 * - `generate`: a picture of words alone.
 * - `edit`: pictures and words, and a mask where there is `mask`.
 * - `variation`: pictures without words. What comes of them is up to the model: another of its kind, or one without its background.
 * - `outpaint`: what lies beyond the edges of a picture.
 * - `upscale`: the same picture with more pixels.
 */
export type ImageTask = 'generate' | 'edit' | 'variation' | 'outpaint' | 'upscale'

/** Pixels to add around a picture, whole numbers from 0 on. */
export interface Outpaint {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** What the image verbs hand to a model: checked, with defaults filled in. What it asks for is told by `upscale`, `outpaint`, `images` and `prompt`, in this order. */
export interface ImageCall extends ImageTuning {
  /** What to draw, or what to change. Empty only where there are pictures. */
  readonly prompt: string
  /** How many pictures, 1 to `ImageSupport.maxCount`. */
  readonly count: number
  /** Pictures to start from. */
  readonly images?: readonly MediaInput[]
  /** What of the first picture is painted anew: white is, black stays. */
  readonly mask?: MediaInput
  /** Paint on beyond the edges of the first picture. There is no mask then. */
  readonly outpaint?: Outpaint
  /** Give the first picture with more pixels: `factor` times as wide and high. Where `size` was asked for, it is the least factor that reaches that; without either it is up to the model. */
  readonly upscale?: { readonly factor?: number }
  /** Ask for pictures on the way. */
  readonly previews?: boolean
  /** What to do about a tuning option that the model lacks. Default `warn`. */
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  /** What wrappers tell calls apart by (a tenant, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For `withCache`. */
  readonly cache?: CacheControl
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** What an image model can do, as data. What is absent is not there. */
export interface ImageSupport {
  /** Pictures that one request can ask for; verbs split larger numbers. Default 1. */
  readonly maxCount?: number
  /** What it can be asked for. Default: `generate`, and `edit` where `images` is above 0. */
  readonly tasks?: readonly ImageTask[]
  /** Pictures that it can start from. Default 0, or 1 where `tasks` has one that needs a picture. */
  readonly images?: number
  /** It paints within a mask. */
  readonly mask?: boolean
  /** It shows pictures on the way. */
  readonly previews?: boolean
  readonly knobs?: readonly ImageKnob[]
}

/** A picture on the way, or done. */
export interface ImageFrame {
  /** Which of the `count` pictures, from 0. */
  readonly index: number
  readonly mediaType: string
  readonly data: Uint8Array
}

/** What a model says while it draws. */
export type ImageEvent =
  /** `fraction`: from 0 to 1, of the whole request. */
  | { readonly type: 'progress'; readonly fraction: number; readonly step?: number; readonly steps?: number }
  | ({ readonly type: 'preview' } & ImageFrame)
  | ({
      readonly type: 'image'
      /** The seed that gives this picture again, where the model knows it. */
      readonly seed?: number
      /** The prompt that the service made of yours. */
      readonly revisedPrompt?: string
      /** A safety checker took the picture for harmful: its pixels are blank. */
      readonly flagged?: boolean
    } & ImageFrame)
  | NoticePart
  | { readonly type: 'finish'; readonly usage: Usage; readonly response: ResponseInfo }

/** A model that draws. */
export interface ImageModel {
  readonly provider: string
  readonly id: string
  readonly supports: ImageSupport
  /** Asks the model. Nothing is sent before the first `next()`; ends with one `finish`, or throws an `AnyModelError`. */
  generate(call: ImageCall): AsyncIterable<ImageEvent>
}
