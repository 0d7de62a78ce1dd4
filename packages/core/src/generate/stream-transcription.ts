import type { TranscriptionEvent } from '../contract/transcription.ts'
import { SharedRun, textOf } from '../stream/shared-run.ts'
import { mergeProgress } from './merge-progress.ts'
import type { TranscribeOptions, Transcript } from './transcribe.ts'

/** A transcript on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface TranscriptStream extends AsyncIterable<TranscriptionEvent> {
  /** The text, fragment by fragment. */
  readonly textStream: AsyncIterable<string>
  /** What `transcribe` would have returned. Reading it runs the transcription to its end. */
  readonly result: Promise<Transcript>
}

/** Writes down what is spoken and hands it over while it is written: text, segments, progress. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamTranscription(options: TranscribeOptions): TranscriptStream {
  const run = new SharedRun<Transcript, TranscriptionEvent>(
    async (emit, signal) => (await import('./run-transcription.ts')).runTranscription({ ...options, signal }, emit),
    options?.signal,
    mergeProgress,
  )
  return {
    get result() {
      return run.result
    },
    textStream: { [Symbol.asyncIterator]: () => run.read(textOf) },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
