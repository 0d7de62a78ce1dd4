import type { TranscriptionCall, TranscriptionModel, TranscriptionSupport } from '@anymodel/core'
import { type Case, soon } from './case.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'
import { type TranscriptionContext, transcriptionAborts, transcriptionRequests, transcripts } from './transcriptions.ts'

export interface TranscriptionModelSuite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** The model. Called once per case: give the same one each time when it is dear to load. */
  make(): TranscriptionModel
  /** Sound in which somebody speaks. */
  readonly audio: TranscriptionCall['audio']
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

const groups: Readonly<Record<string, readonly Case<TranscriptionContext, TranscriptionSupport>[]>> = {
  transcripts,
  requests: transcriptionRequests,
  'aborting and leaving': transcriptionAborts,
}

/**
 * What any model must do that writes down what is spoken, however it answers. Which cases run is decided by what the model declares in `supports`.
 *
 * ```ts
 * testTranscriptionModel({ describe, test, name: 'groq', make: () => groq().transcription('whisper-large-v3'), audio })
 * ```
 */
export function testTranscriptionModel({
  describe,
  test,
  name,
  make,
  audio,
  skip = {},
  timeout = 60_000,
}: TranscriptionModelSuite): void {
  const { supports } = make()
  const inTime = (one: Case<TranscriptionContext, TranscriptionSupport>) => () =>
    soon(one.run({ model: make(), audio }), 'the end of the case', timeout)
  checkSkips(skip, groups)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      declare({ describe, test }, title, cases, supports, skip, inTime)
  })
}
