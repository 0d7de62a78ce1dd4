import type { SpeechSupport, TranscriptionSupport } from '@anymodel/core'

/** What some models of a service have in common that speak. */
export interface SpeechRule {
  readonly match: RegExp
  readonly supports: SpeechSupport
  /** Sends events, which tell the usage, in place of the sound alone. */
  readonly events?: boolean
}

/** What some models of a service have in common that listen. */
export interface TranscriptionRule {
  readonly match: RegExp
  readonly supports: TranscriptionSupport
  /** What they answer with. Default `json`. */
  readonly format?: 'json' | 'verbose_json' | 'diarized_json'
  /** They stream. */
  readonly events?: boolean
}

/** Servers that speak the API in its plainest form. */
export const plainSpeech: readonly SpeechRule[] = [
  { match: /./, supports: { knobs: ['voice', 'speed', 'format', 'instructions'] } },
]

/** Whisper on any server that speaks the API. */
export const whisper: readonly TranscriptionRule[] = [
  {
    match: /./,
    supports: { knobs: ['language', 'prompt', 'words', 'temperature', 'task'] },
    format: 'verbose_json',
  },
]
