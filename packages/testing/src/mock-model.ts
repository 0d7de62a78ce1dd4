import { AnyModelError, knobs, type Part, type TextCall, type TextModel, type TextSupport } from '@anymodel/core'
import { type Answer, type Script, toScript } from './answer.ts'

/** An answer, an error in its place, or a function of the call (and of how many calls came before) that gives one. */
export type MockAnswer = Answer | Error | ((call: TextCall, index: number) => Answer | Error | Promise<Answer | Error>)

export interface MockOptions {
  /** Default `mock`. */
  readonly provider?: string
  /** Default `mock`. */
  readonly id?: string
  /** Default: everything, so that nothing is refused. */
  readonly supports?: TextSupport
  /** Parts to hand over before this error breaks the answer off. */
  readonly breaks?: { readonly after: number; readonly error: Error }
}

/** A model for unit tests. */
export interface MockModel extends TextModel {
  /** Every call so far, in order. */
  readonly calls: readonly TextCall[]
}

const everything: TextSupport = {
  tools: true,
  output: ['native', 'tool', 'json', 'prompt'],
  files: ['*/*'],
  fileUrls: ['*/*'],
  prefill: true,
  knobs,
}

/**
 * A model that answers what you tell it to and records what it was asked.
 *
 * ```ts
 * const model = mockModel('Hello!')
 * const { text } = await generateText({ model, prompt: 'Hi' })
 * model.calls[0]?.messages
 * ```
 *
 * With a list, call n gets answer n and the last answer stays; a list of parts (objects with `type`) is one answer. Throws what you give it as an `Error`.
 */
export function mockModel(answers: MockAnswer | readonly MockAnswer[], options: MockOptions = {}): MockModel {
  const { provider = 'mock', id = 'mock', supports = everything, breaks } = options
  const list = toList(answers)
  const calls: TextCall[] = []
  return {
    provider,
    id,
    supports,
    calls,
    async *stream(call): AsyncGenerator<Part, undefined, undefined> {
      call.signal?.throwIfAborted()
      const index = calls.push(call) - 1
      const given = list[Math.min(index, list.length - 1)] as MockAnswer
      const answer = typeof given === 'function' ? await given(call, index) : given
      if (answer instanceof Error) throw answer
      const parts = toParts(toScript(answer), provider, id)
      for (const part of breaks ? parts.slice(0, breaks.after) : parts) {
        call.signal?.throwIfAborted()
        yield part
      }
      if (breaks) throw breaks.error
      return undefined
    },
  }
}

function toList(answers: MockAnswer | readonly MockAnswer[]): readonly MockAnswer[] {
  if (!Array.isArray(answers)) return [answers as MockAnswer]
  if (answers.length === 0) throw new AnyModelError('invalid-argument', 'mockModel needs at least one answer.')
  const isOneAnswer = typeof answers[0] === 'object' && answers[0] !== null && 'type' in answers[0]
  return isOneAnswer ? [answers as unknown as Answer] : (answers as readonly MockAnswer[])
}

function toParts({ content, reason, usage = {}, response }: Script, provider: string, model: string): Part[] {
  return [...content, { type: 'finish', reason, usage, response: { provider, model, ...response } }]
}
