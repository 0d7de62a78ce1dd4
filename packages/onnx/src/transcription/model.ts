import type { TranscriptionEvent, TranscriptionModel, TranscriptionSupport } from '@anymodel/core'
import { LocalEvents, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'

/** What whisper can do; which languages, whether it translates and whether it tells the times of words is up to the model. */
const supports: TranscriptionSupport = { knobs: ['language', 'prompt', 'task', 'words', 'temperature'] }

/** A model that transcribes, whose thread is found (and thereby located on disk) at first use. */
export function localTranscription(id: string, thread: () => Promise<ModelThread>): TranscriptionModel {
  const opened = { type: 'notice', kind: 'connected', message: 'The local engine has the request.' } as const
  return {
    provider,
    id,
    supports,
    transcribe: (call) => ({
      [Symbol.asyncIterator]: () => new LocalEvents<TranscriptionEvent>({ id, thread, call, opened }),
    }),
  }
}
