import { AnyModelError, type MediaInput } from '@anymodel/core'
import { lastEvent, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'
import type { DetectCall, DetectEvent } from './serve.ts'
import type { SpanSettings, SpeechSpan } from './spans.ts'

/** What `detect` takes. */
export interface DetectOptions extends SpanSettings {
  /** The sound: bytes of a file, or these with their media type, such as `audio/pcm;rate=16000` for bare samples. */
  readonly audio: Uint8Array | MediaInput
  readonly signal?: AbortSignal
}

/** Where somebody speaks. */
export interface DetectedSpeech {
  readonly spans: readonly SpeechSpan[]
  /** Length of the sound. */
  readonly seconds: number
}

/** A model that tells speech from everything else. */
export interface VoiceActivityModel {
  readonly provider: string
  readonly id: string
  /** Finds speech. Rejects with an `AnyModelError`, or with `signal.reason` when aborted. */
  detect(options: DetectOptions): Promise<DetectedSpeech>
}

/** A voice activity detector whose thread is found (and thereby located on disk) at first use. */
export function localVoiceActivity(id: string, thread: () => Promise<ModelThread>): VoiceActivityModel {
  return {
    provider,
    id,
    async detect({ audio, signal, ...settings }) {
      check(settings)
      const media = audio instanceof Uint8Array ? { mediaType: 'application/octet-stream', data: audio } : audio
      const call: DetectCall & { signal?: AbortSignal } = { ...settings, audio: media, ...(signal && { signal }) }
      const { spans, seconds } = await lastEvent<DetectEvent>({ id, thread, call })
      return { spans, seconds }
    },
  }
}

function check(settings: SpanSettings): void {
  for (const [name, value] of Object.entries(settings))
    if (value !== undefined && !(value >= 0 && Number.isFinite(value)))
      throw new AnyModelError('invalid-argument', `${name} must be a number from 0 on, not ${value}.`)
}
