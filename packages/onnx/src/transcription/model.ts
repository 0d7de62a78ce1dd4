import type { TranscriptionEvent, TranscriptionModel, TranscriptionSupport } from '@anymodel/core'
import { LocalEvents, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'
import type { LocalTranscriptionCall } from './serve.ts'

/** What whisper can do; which languages, whether it translates and whether it tells the times of words is up to the model. */
const supports: TranscriptionSupport = { knobs: ['language', 'prompt', 'task', 'words', 'temperature'] }

/** How a local model listens. */
export interface LocalTranscriptionOptions {
  /** A voice activity detector (Silero), named like other models: long silence is passed over instead of listened to, which saves time and keeps the model from hearing words in noise. Default: none. */
  readonly voiceActivity?: string
}

/** A model that transcribes, whose thread is found (and thereby located on disk) at first use, as is the folder of its voice activity detector, if it has one. */
export function localTranscription(
  id: string,
  thread: () => Promise<ModelThread>,
  detector?: () => Promise<string>,
): TranscriptionModel {
  const opened = { type: 'notice', kind: 'connected', message: 'The local engine has the request.' } as const
  return {
    provider,
    id,
    supports,
    transcribe: (given) => ({
      [Symbol.asyncIterator]() {
        const call: { -readonly [K in keyof LocalTranscriptionCall]: LocalTranscriptionCall[K] } = { ...given }
        // The call is handed over when the thread is found: by then it names the detector's folder.
        const found = async () => {
          if (detector) call.voiceActivity = await detector()
          return thread()
        }
        return new LocalEvents<TranscriptionEvent>({ id, thread: found, call, opened })
      },
    }),
  }
}
