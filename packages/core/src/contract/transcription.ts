import type { MediaInput } from './image.ts'
import type { Json } from './json.ts'
import type { NoticePart, ResponseInfo } from './part.ts'
import type { CacheControl } from './text.ts'
import type { Usage } from './usage.ts'

/** Options that tune a transcription. A model that lacks one follows `onUnsupported`. */
export interface TranscriptionTuning {
  /** BCP 47 tag of what is spoken. Default: the model finds out. */
  readonly language?: string
  /** Words that may come up, or what was said before. */
  readonly prompt?: string
  /** `translate`: into English. Default `transcribe`. */
  readonly task?: 'transcribe' | 'translate'
  /** Times of every word. */
  readonly words?: boolean
  /** Who speaks. */
  readonly speakers?: boolean
  readonly temperature?: number
}

export type TranscriptionKnob = keyof TranscriptionTuning

/** What `transcribe` hands to a model: checked, with defaults filled in. */
export interface TranscriptionCall extends TranscriptionTuning {
  /** A file of sound, or bare samples whose media type says how they are written: `audio/pcm;rate=16000;channels=1`. */
  readonly audio: MediaInput
  /** What to do about a tuning option that the model lacks. Default `warn`. */
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  /** What wrappers tell calls apart by (a tenant, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For `withCache`. */
  readonly cache?: CacheControl
  readonly headers?: Readonly<Record<string, string>>
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

export interface TranscriptionSupport {
  /** Bytes of the largest file that it takes, where that is known. */
  readonly maxBytes?: number
  readonly knobs?: readonly TranscriptionKnob[]
}

/** One word; times in seconds from the start of the sound. */
export interface SpokenWord {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly speaker?: string
}

/** A stretch of speech; times in seconds from the start of the sound. */
export interface Segment {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly words?: readonly SpokenWord[]
  readonly speaker?: string
}

/** What a model says while it listens. */
export type TranscriptionEvent =
  /** A fragment of the text: the fragments, joined, are the transcript. */
  | { readonly type: 'text'; readonly text: string }
  /** Comes after its text. */
  | { readonly type: 'segment'; readonly segment: Segment }
  /** `fraction`: from 0 to 1, of the sound. */
  | { readonly type: 'progress'; readonly fraction: number }
  | NoticePart
  | {
      readonly type: 'finish'
      /** BCP 47 tag of what was spoken, where it is known. */
      readonly language?: string
      /** Length of the sound, where it is known. */
      readonly seconds?: number
      readonly usage: Usage
      readonly response: ResponseInfo
    }

/** A model that writes down what is spoken. */
export interface TranscriptionModel {
  readonly provider: string
  readonly id: string
  readonly supports: TranscriptionSupport
  /** Asks the model. Nothing is sent before the first `next()`; ends with one `finish`, or throws an `AnyModelError`. */
  transcribe(call: TranscriptionCall): AsyncIterable<TranscriptionEvent>
}
