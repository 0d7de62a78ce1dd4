import type { TextModel } from '@anymodel/core'
import { type ModelServer, modelServer } from '../server/model-server.ts'
import type { Wire } from '../wire/wire.ts'
import { aborts } from './aborts.ts'
import { answers } from './answers.ts'
import { broken } from './broken.ts'
import { bytes } from './bytes.ts'
import { type Case, type CaseContext, soon } from './case.ts'
import { conversations } from './conversations.ts'
import { errors } from './errors.ts'
import { hostile } from './hostile.ts'
import { requests } from './requests.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'
import { tools } from './tools.ts'

export interface TextModelSuite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** The format that the model speaks. */
  readonly wire: Wire
  /** The model, talking to the server. It is also called without any request being sent, to read `supports`. */
  make(server: Pick<ModelServer, 'url'>): TextModel
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
}

const groups: Readonly<Record<string, readonly Case[]>> = {
  answers,
  tools,
  requests,
  conversations,
  'aborting and leaving': aborts,
  errors,
  'broken streams': broken,
  bytes,
  'hostile input': hostile,
}

/**
 * What every text model that talks to a service must do, checked against a scripted server on a loopback port. Which cases run is decided by what the model declares in `supports`.
 *
 * ```ts
 * import { describe, test } from 'vitest'
 * testTextModel({ describe, test, name: 'groq', wire: openaiChatWire, make: ({ url }) => groq({ baseURL: `${url}/v1`, apiKey: 'test' }).text('any') })
 * ```
 */
export function testTextModel({ describe, test, name, wire, make, skip = {} }: TextModelSuite): void {
  const { supports } = make({ url: 'http://127.0.0.1:1' })
  const inContext = (one: Case) => async () => {
    const server = await modelServer('Hello.', { wires: [wire] })
    const context: CaseContext = { server, model: make(server), wire }
    try {
      await soon(one.run(context), 'the end of the case', 15_000)
    } finally {
      await server.close()
    }
  }
  checkSkips(skip, groups)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      declare({ describe, test }, title, cases, supports, skip, inContext)
  })
}
