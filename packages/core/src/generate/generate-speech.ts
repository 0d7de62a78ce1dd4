import type { Attempt, ResponseInfo, Warning } from '../contract/part.ts'
import type { SpeechCall, SpeechModel } from '../contract/speech.ts'
import type { Usage } from '../contract/usage.ts'
import type { Given } from './given-model.ts'
import type { MediaFile } from './media-file.ts'

/** Options of `generateSpeech` and `streamSpeech`. */
export interface SpeechOptions extends SpeechCall {
  readonly model: Given<SpeechModel>
}

/** A text, spoken. */
export interface SpeechResult {
  /** The whole file; a WAV header tells its true length. */
  readonly audio: MediaFile
  /** Samples per second, where it is known. */
  readonly sampleRate?: number
  /** Length of the sound, where it is known. */
  readonly seconds?: number
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  /** Every request, failed ones too. */
  readonly attempts: readonly Attempt[]
  readonly response: ResponseInfo
}

/** Speaks a text. Rejects with an `AnyModelError`, or with `signal.reason` when aborted. */
export async function generateSpeech(options: SpeechOptions): Promise<SpeechResult> {
  const { runSpeech } = await import('./run-speech.ts')
  return runSpeech(options, () => {})
}
