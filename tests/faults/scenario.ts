import assert from 'node:assert/strict'
import {
  type AnyModelError,
  type FallbackOptions,
  isAnyModelError,
  type NoticePart,
  type Part,
  streamText,
  type TextModel,
  type TextOptions,
  type TextResult,
  withFallback,
} from '@anymodel/core'
import { type FaultServer, healthyAnswer } from '@anymodel/testing'

/** What a scenario works with: a server of faults, and its models in one protocol. */
export interface Scene {
  readonly server: FaultServer
  /** A model of the server; the name picks the fault. */
  model(name: string): TextModel
  /** Milliseconds that the server's late models are late. */
  readonly stall: number
  /** Milliseconds that its limited models ask for. */
  readonly retryAfter: number
  /** Milliseconds within which something is over at once. */
  readonly atOnce: number
}

/** One row of the table. */
export interface Scenario {
  readonly fault: string
  readonly required: string
  /** Throws when what is required does not hold. */
  run(scene: Scene): Promise<void>
}

/** What a reader of the parts ends with. */
export interface Outcome {
  readonly text: string
  readonly result: TextResult | undefined
  readonly error: AnyModelError | undefined
  readonly notices: readonly NoticePart[]
}

/** Reads an answer to its end as the notices say: what a `reset` declares void is dropped. */
export async function ask(
  models: readonly TextModel[],
  options?: FallbackOptions,
  more: Partial<TextOptions> = {},
): Promise<Outcome> {
  const stream = streamText({
    model: withFallback(models, options),
    prompt: 'Tell me of the harbour.',
    ...more,
  } as TextOptions)
  const notices: NoticePart[] = []
  let text = ''
  let error: unknown
  const take = (part: Part) => {
    if (part.type === 'text') text += part.text
    if (part.type !== 'notice') return
    notices.push(part)
    if (part.kind === 'reset') text = ''
  }
  try {
    for await (const part of stream) take(part)
    return { text, result: (await stream.result) as TextResult, error: undefined, notices }
  } catch (thrown) {
    error = thrown
  }
  if (!isAnyModelError(error)) throw error
  return { text, result: undefined, error, notices }
}

/** The answer must be whole, for the reader and in the result. */
export function whole({ text, result, error }: Outcome): TextResult {
  if (error) throw new assert.AssertionError({ message: `it failed: ${error.message}` })
  assert.ok(result, 'there is no result')
  assert.equal(text, healthyAnswer, 'the reader has another text')
  assert.equal(result.text, healthyAnswer, 'the result has another text')
  assert.equal(result.finishReason, 'stop')
  assert.ok(result.usage.output, 'the usage is missing')
  return result
}

/** The call must fail, with this code, and with what the reader has. */
export function failed({ text, error, result }: Outcome, ...codes: readonly string[]): AnyModelError {
  assert.ok(error, `it did not fail${result ? `: ${result.text.length} characters came as a whole answer` : ''}`)
  assert.ok(codes.includes(error.code), `it failed with ${error.code}: ${error.message}`)
  assert.equal(error.partial?.text, text, 'the error does not have what was delivered')
  assert.ok(healthyAnswer.startsWith(text), 'what was delivered is no beginning of the answer')
  return error
}

/** So many requests must have reached a model. */
export function requests({ server }: Scene, model: string, count: number): void {
  assert.equal(server.log(model).length, count, `requests to ${model}`)
}

/** Milliseconds between the requests to a model. */
export const gaps = ({ server }: Scene, model: string): number[] =>
  server.log(model).flatMap(({ at }, index, all) => (index === 0 ? [] : [at - (all[index - 1]?.at ?? 0)]))
