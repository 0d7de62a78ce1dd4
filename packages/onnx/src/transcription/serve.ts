import type { TranscriptionCall, TranscriptionEvent } from '@anymodel/core'
import { decodeSound } from '../audio/decode.ts'
import type { Opening, Served } from '../thread/served.ts'
import { transcribeSound } from './transcribe.ts'
import { loadWhisper } from './whisper.ts'

/** Loads a whisper model. Requests are answered one after the other. */
export async function serveTranscription(opening: Opening): Promise<Served<TranscriptionCall, TranscriptionEvent>> {
  const whisper = await loadWhisper(opening)
  return {
    atOnce: 1,
    async answer(job) {
      job.emit([{ type: 'notice', kind: 'headers', message: 'The model listens.' }])
      const sound = await decodeSound(job.call.audio, { rate: whisper.rate, cancelled: job.cancelled })
      if (sound) await transcribeSound(whisper, sound, job)
    },
  }
}
