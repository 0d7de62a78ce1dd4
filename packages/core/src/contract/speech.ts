import type { Json } from './json.ts'
import type { NoticePart, ResponseInfo } from './part.ts'
import type { CacheControl } from './text.ts'
import type { Usage } from './usage.ts'

/** Options that tune a voice. A model that lacks one follows `onUnsupported`. */
export interface SpeechTuning {
  /** Name of the voice, as the model has them. */
  readonly voice?: string
  /** 1 is the voice's own pace, 2 is twice as fast. */
  readonly speed?: number
  /** BCP 47 tag of the text's language. */
  readonly language?: string
  /** How to speak, in words. */
  readonly instructions?: string
  /** Of the file; `pcm` is 16-bit samples, little endian, without a file around them. */
  readonly format?: 'wav' | 'pcm' | 'mp3' | 'opus' | 'aac' | 'flac'
  /** The same seed gives the same sound. */
  readonly seed?: number
}

export type SpeechKnob = keyof SpeechTuning

/** What `generateSpeech` hands to a model: checked, with defaults filled in. */
export interface SpeechCall extends SpeechTuning {
  readonly text: string
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

export interface SpeechSupport {
  /** Names of the voices, where they are known. */
  readonly voices?: readonly string[]
  readonly knobs?: readonly SpeechKnob[]
}

/** What a model says while it speaks. */
export type SpeechEvent =
  /** A fragment of one file of sound: the fragments, joined, are that file. A WAV header that can't know the length says 0xFFFFFFFF; `generateSpeech` writes the true one over it. */
  | { readonly type: 'audio'; readonly mediaType: string; readonly data: Uint8Array }
  /** `fraction`: from 0 to 1, of the text. */
  | { readonly type: 'progress'; readonly fraction: number }
  | NoticePart
  | {
      readonly type: 'finish'
      /** Samples per second, where it is known. */
      readonly sampleRate?: number
      /** Length of the sound, where it is known. */
      readonly seconds?: number
      readonly usage: Usage
      readonly response: ResponseInfo
    }

/** A model that speaks. */
export interface SpeechModel {
  readonly provider: string
  readonly id: string
  readonly supports: SpeechSupport
  /** Asks the model. Nothing is sent before the first `next()`; ends with one `finish`, or throws an `AnyModelError`. */
  speak(call: SpeechCall): AsyncIterable<SpeechEvent>
}
