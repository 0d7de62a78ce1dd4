import type { CodeModel, CodeSupport } from '@anymodel/core'
import { type ModelServer, modelServer } from '../server/model-server.ts'
import type { FillWire } from '../wire/fill-wire.ts'
import { aborts } from './aborts.ts'
import { type Case, soon } from './case.ts'
import { asText, type CodeCase, completions, type Gap } from './completions.ts'
import { errors } from './errors.ts'
import { brokenFills, type FillServiceContext, fillAnswers, fillRequests } from './fill-services.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'

interface Suite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
}

export interface CodeModelSuite extends Suite {
  /** The format that the model speaks. */
  readonly wire: FillWire
  /** The model, talking to the server. It is also called without any request being sent, to read `supports`. */
  make(server: Pick<ModelServer, 'url'>): CodeModel
}

export interface LiveCodeModelSuite extends Suite {
  /** The model. Called once per case: give the same one each time when it is dear to load. */
  make(): CodeModel
  /** What is to be filled. Its completion must have more than a few tokens. Default: the rest of a short function. */
  readonly gap?: Gap
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

/** What must hold of any answer that comes from a service, asked of a model that fills gaps. */
const ofAnyAnswer = (cases: readonly Case[]): readonly CodeCase<FillServiceContext>[] =>
  cases.map(({ name, run }) => ({
    name,
    run: ({ model, ...context }) => run({ ...context, model: asText(model) }),
  }))

const service: Readonly<Record<string, readonly CodeCase<FillServiceContext>[]>> = {
  requests: fillRequests,
  answers: fillAnswers,
  'broken streams': brokenFills,
  errors: ofAnyAnswer(errors),
  'aborting and leaving': ofAnyAnswer(aborts),
}

/**
 * What every code model that talks to a service must do, checked against a scripted server on a loopback port. Which cases run is decided by what the model declares in `supports`.
 *
 * ```ts
 * testCodeModel({ describe, test, name: 'mistral', wire: mistralFimWire, make: ({ url }) => mistral({ baseURL: `${url}/v1`, apiKey: 'test' }).code('any') })
 * ```
 */
export function testCodeModel({ describe, test, name, wire, make, skip = {} }: CodeModelSuite): void {
  const { supports } = make({ url: 'http://127.0.0.1:1' })
  const inContext = (one: CodeCase<FillServiceContext>) => async () => {
    const server = await modelServer('a + b', { wires: [wire] })
    try {
      await soon(one.run({ server, wire, model: make(server) }), 'the end of the case', 15_000)
    } finally {
      await server.close()
    }
  }
  checkSkips(skip, service)
  describe(name, () => {
    for (const [title, cases] of Object.entries(service))
      declare<FillServiceContext, CodeSupport>({ describe, test }, title, cases, supports, skip, inContext)
  })
}

const ordinary: Gap = { prefix: 'function add(a, b) {\n  const sum = ', suffix: '\n  return sum\n}\n' }

/**
 * What any code model must do, however it answers: a local one, a hosted one with a real key.
 *
 * ```ts
 * testLiveCodeModel({ describe, test, name: 'local', make: () => onnx().code('qwen2.5-coder-0.5b') })
 * ```
 */
export function testLiveCodeModel({
  describe,
  test,
  name,
  make,
  gap = ordinary,
  skip = {},
  timeout = 60_000,
}: LiveCodeModelSuite): void {
  const { supports } = make()
  const cases = completions(gap)
  const inTime = (one: CodeCase) => () => soon(one.run({ model: make() }), 'the end of the case', timeout)
  checkSkips(skip, { completions: cases })
  describe(name, () => declare({ describe, test }, 'completions', cases, supports, skip, inTime))
}
