import type { TranscriptionCall, TranscriptionEvent } from '@anymodel/core'
import { decodeSound } from '../audio/decode.ts'
import { resample } from '../audio/resample.ts'
import type { Job, Opening, Served } from '../thread/served.ts'
import { spansIn } from '../voice-activity/serve.ts'
import { heardRate, loadSilero, type Silero } from '../voice-activity/silero.ts'
import { joined } from '../voice-activity/spans.ts'
import { transcribeSound } from './transcribe.ts'
import { loadWhisper } from './whisper.ts'

/** What the worker is asked. */
export interface LocalTranscriptionCall extends TranscriptionCall {
  /** Folder of a voice activity detector: what it takes for silence is not listened to. */
  readonly voiceActivity?: string
}

type Event = TranscriptionEvent

/** Silence up to this long, in seconds, is listened to: it helps to hear where sentences end. */
const shortSilence = 2
/** Sound around speech that is listened to, in seconds. */
const margin = 0.3

/** Loads a whisper model. Requests are answered one after the other. */
export async function serveTranscription(opening: Opening): Promise<Served<LocalTranscriptionCall, Event>> {
  const whisper = await loadWhisper(opening)
  let detector: { readonly folder: string; readonly model: Silero } | undefined
  const detectorIn = async (folder: string): Promise<Silero> => {
    if (detector?.folder !== folder)
      detector = { folder, model: await loadSilero({ ...opening, location: { folder }, onStep: () => {} }) }
    return detector.model
  }
  /** Where somebody speaks; `undefined` when nobody waits any more. */
  const listen = async (samples: Float32Array, job: Job<LocalTranscriptionCall, Event>) => {
    const { voiceActivity } = job.call
    if (voiceActivity === undefined) return [{ from: 0, to: samples.length }]
    const silero = await detectorIn(voiceActivity)
    const heard = resample({ rate: whisper.rate, samples }, heardRate).samples
    const spans = await spansIn(silero, heard, job.cancelled, { padding: margin })
    const toSample = (seconds: number) => Math.round(seconds * whisper.rate)
    return spans && joined(spans, shortSilence).map(({ start, end }) => ({ from: toSample(start), to: toSample(end) }))
  }
  return {
    atOnce: 1,
    async answer(job) {
      job.emit([{ type: 'notice', kind: 'headers', message: 'The model listens.' }])
      const sound = await decodeSound(job.call.audio, { rate: whisper.rate, cancelled: job.cancelled })
      const spans = sound && (await listen(sound.samples, job))
      if (spans) await transcribeSound(whisper, sound, job, spans)
    },
  }
}
