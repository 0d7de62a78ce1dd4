import type { EmbeddingModel } from '@anymodel/core'
import { type ModelServer, modelServer } from '../server/model-server.ts'
import { asWire, type EmbeddingWire } from '../wire/embedding-wire.ts'
import { type Case, soon } from './case.ts'
import {
  brokenEmbeddings,
  type EmbeddingServiceContext,
  embeddingErrors,
  embeddingRequests,
  embeddingServiceAborts,
} from './embedding-services.ts'
import { type EmbeddingContext, embeddingAborts, vectors } from './embeddings.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'

interface Suite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
}

export interface EmbeddingModelSuite extends Suite {
  /** The format that the model speaks. */
  readonly wire: EmbeddingWire
  /** The model, talking to the server. */
  make(server: Pick<ModelServer, 'url'>): EmbeddingModel
}

export interface LiveEmbeddingModelSuite extends Suite {
  /** The model. Called once per case: give the same one each time when it is dear to load. */
  make(): EmbeddingModel
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

const live: Readonly<Record<string, readonly Case<EmbeddingContext>[]>> = { vectors, aborting: embeddingAborts }

const service: Readonly<Record<string, readonly Case<EmbeddingServiceContext>[]>> = {
  ...live,
  requests: embeddingRequests,
  'broken answers': brokenEmbeddings,
  errors: embeddingErrors,
  'aborting a request': embeddingServiceAborts,
}

/**
 * What every embedding model that talks to a service must do, checked against a scripted server on a loopback port.
 *
 * ```ts
 * testEmbeddingModel({ describe, test, name: 'mistral', wire: openaiEmbeddingsWire, make: ({ url }) => mistral({ baseURL: `${url}/v1`, apiKey: 'test' }).embedding('any') })
 * ```
 */
export function testEmbeddingModel({ describe, test, name, wire, make, skip = {} }: EmbeddingModelSuite): void {
  const inContext = (one: Case<EmbeddingServiceContext>) => async () => {
    const server = await modelServer('', { wires: [asWire(wire)] })
    try {
      await soon(one.run({ server, wire, model: make(server) }), 'the end of the case', 15_000)
    } finally {
      await server.close()
    }
  }
  checkSkips(skip, service)
  describe(name, () => {
    for (const [title, cases] of Object.entries(service)) declare({ describe, test }, title, cases, {}, skip, inContext)
  })
}

/**
 * What any embedding model must do, however it answers: a local one, a hosted one with a real key.
 *
 * ```ts
 * testLiveEmbeddingModel({ describe, test, name: 'local', make: () => onnx().embedding('all-minilm-l6-v2') })
 * ```
 */
export function testLiveEmbeddingModel({
  describe,
  test,
  name,
  make,
  skip = {},
  timeout = 60_000,
}: LiveEmbeddingModelSuite): void {
  const inTime = (one: Case<EmbeddingContext>) => () => soon(one.run({ model: make() }), 'the end of the case', timeout)
  checkSkips(skip, live)
  describe(name, () => {
    for (const [title, cases] of Object.entries(live)) declare({ describe, test }, title, cases, {}, skip, inTime)
  })
}
