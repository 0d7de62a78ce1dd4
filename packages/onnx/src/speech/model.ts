import type { SpeechEvent, SpeechModel, SpeechSupport } from '@anymodel/core'
import { LocalEvents, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'

/** What local voices can do. No seed: their graphs draw random numbers of their own, from a source that can't be set. */
const supports: SpeechSupport = { knobs: ['voice', 'speed', 'language', 'format'] }

/** A model that speaks, whose thread is found (and thereby located on disk) at first use. */
export function localSpeech(id: string, thread: () => Promise<ModelThread>): SpeechModel {
  const opened = { type: 'notice', kind: 'connected', message: 'The local engine has the request.' } as const
  return {
    provider,
    id,
    supports,
    speak: (call) => ({ [Symbol.asyncIterator]: () => new LocalEvents<SpeechEvent>({ id, thread, call, opened }) }),
  }
}
