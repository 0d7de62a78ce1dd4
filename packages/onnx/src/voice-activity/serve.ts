import type { MediaInput } from '@anymodel/core'
import { decodeSound } from '../audio/decode.ts'
import type { Opening, Served } from '../thread/served.ts'
import { frameSamples, heardRate, loadSilero, type Silero } from './silero.ts'
import { type SpanSettings, type SpeechSpan, toSpans } from './spans.ts'

/** What the worker is asked. */
export interface DetectCall extends SpanSettings {
  readonly audio: MediaInput
}

/** What the worker says about a request: all of it at the end. */
export interface DetectEvent {
  readonly type: 'finish'
  readonly spans: readonly SpeechSpan[]
  readonly seconds: number
}

/** Loads a voice activity detector. */
export async function serveVoiceActivity(opening: Opening): Promise<Served<DetectCall, DetectEvent>> {
  const silero = await loadSilero(opening)
  return {
    atOnce: 1,
    async answer(job) {
      const { audio, ...settings } = job.call
      const sound = await decodeSound(audio, { rate: heardRate, cancelled: job.cancelled })
      const spans = sound && (await spansIn(silero, sound.samples, job.cancelled, settings))
      if (spans) job.emit([{ type: 'finish', spans, seconds: sound.samples.length / heardRate }])
    },
  }
}

/** Where somebody speaks in sound at 16 kHz; `undefined` when nobody waits any more. */
export async function spansIn(
  silero: Silero,
  samples: Float32Array,
  cancelled: () => boolean,
  settings?: SpanSettings,
): Promise<SpeechSpan[] | undefined> {
  const probabilities = await silero.probabilities(samples, cancelled)
  return (
    probabilities &&
    toSpans(probabilities, { step: frameSamples / heardRate, seconds: samples.length / heardRate }, settings)
  )
}
