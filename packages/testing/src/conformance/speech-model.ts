import type { SpeechModel, SpeechSupport } from '@anymodel/core'
import { type Case, soon } from './case.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'
import { type SpeechContext, sounds, speechAborts, speechRequests } from './speech.ts'

export interface SpeechModelSuite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** The model. Called once per case: give the same one each time when it is dear to load. */
  make(): SpeechModel
  /** A voice that the model has, where it needs one. */
  readonly voice?: string
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

const groups: Readonly<Record<string, readonly Case<SpeechContext, SpeechSupport>[]>> = {
  sound: sounds,
  requests: speechRequests,
  'aborting and leaving': speechAborts,
}

/**
 * What any speech model must do, however it answers. Which cases run is decided by what the model declares in `supports`.
 *
 * ```ts
 * testSpeechModel({ describe, test, name: 'openai', make: () => openai().speech('tts-1') })
 * ```
 */
export function testSpeechModel({
  describe,
  test,
  name,
  make,
  voice,
  skip = {},
  timeout = 60_000,
}: SpeechModelSuite): void {
  const { supports } = make()
  const inTime = (one: Case<SpeechContext, SpeechSupport>) => () =>
    soon(one.run({ model: make(), voice }), 'the end of the case', timeout)
  checkSkips(skip, groups)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      declare({ describe, test }, title, cases, supports, skip, inTime)
  })
}
