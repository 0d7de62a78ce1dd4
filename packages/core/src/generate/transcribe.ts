import type { Attempt, ResponseInfo, Warning } from '../contract/part.ts'
import type { Segment, SpokenWord, TranscriptionCall, TranscriptionModel } from '../contract/transcription.ts'
import type { Usage } from '../contract/usage.ts'
import type { DownloadOptions } from '../http/download.ts'
import type { MediaSource } from './file-input.ts'
import type { Given } from './given-model.ts'

/** Options of `transcribe` and `streamTranscription`. */
export interface TranscribeOptions extends Omit<TranscriptionCall, 'audio'> {
  readonly model: Given<TranscriptionModel>
  /**
   * The sound: bytes, a URL (`https:`, `data:`), base64 text, or one of these with its media type, such as `{ data, mediaType: 'audio/pcm;rate=16000;channels=1' }` for bare 16-bit samples. What a URL
   * points to is downloaded first.
   */
  readonly audio: MediaSource['data'] | MediaSource
  /** How sound given by URL is fetched. */
  readonly downloads?: DownloadOptions
}

/** What was spoken. */
export interface Transcript {
  readonly text: string
  /** In order; empty where the model gives no times. */
  readonly segments: readonly Segment[]
  /** The words of all segments; empty unless `words` was asked for and the model gives them. */
  readonly words: readonly SpokenWord[]
  /** BCP 47 tag of what was spoken, where it is known. */
  readonly language?: string
  /** Length of the sound, where it is known. */
  readonly seconds?: number
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  /** Every request, failed ones too. */
  readonly attempts: readonly Attempt[]
  readonly response: ResponseInfo
}

/** Writes down what is spoken. Rejects with an `AnyModelError` (the text that had come is in `partial`), or with `signal.reason` when aborted. */
export async function transcribe(options: TranscribeOptions): Promise<Transcript> {
  const { runTranscription } = await import('./run-transcription.ts')
  return runTranscription(options, () => {})
}
