import type { SpeechEvent } from '../contract/speech.ts'
import { SharedRun } from '../stream/shared-run.ts'
import type { SpeechOptions, SpeechResult } from './generate-speech.ts'
import { mergeProgress } from './merge-progress.ts'

/** Sound on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface SpeechStream extends AsyncIterable<SpeechEvent> {
  /** The fragments of one file; joined, they are that file. A WAV header at their front can't know the length yet and says 0xFFFFFFFF, as players of streams expect. */
  readonly audioStream: AsyncIterable<Uint8Array>
  /** What `generateSpeech` would have returned. Reading it runs the speech to its end. */
  readonly result: Promise<SpeechResult>
}

/** Speaks a text and hands the sound over while it is made. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamSpeech(options: SpeechOptions): SpeechStream {
  const run = new SharedRun<SpeechResult, SpeechEvent>(
    async (emit, signal) => (await import('./run-speech.ts')).runSpeech({ ...options, signal }, emit),
    options?.signal,
    mergeProgress,
  )
  return {
    get result() {
      return run.result
    },
    audioStream: {
      [Symbol.asyncIterator]: () => run.read((event) => (event.type === 'audio' ? event.data : undefined)),
    },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
