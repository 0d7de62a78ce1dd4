import type { CodeCall, CodeModel, CodeSupport, Part } from '@anymodel/core'

/** A code model that answers with fragments and records what it was asked. */
export interface MockCodeModel extends CodeModel {
  readonly calls: CodeCall[]
  /** How many answers were left before their end. */
  left: number
}

const everything: CodeSupport = {
  input: 'parts',
  context: true,
  knobs: ['maxTokens', 'temperature', 'topP', 'seed', 'stop'],
}

/** A code model that says these fragments; with `wait`, after that has settled. */
export function mockCodeModel(
  fragments: readonly string[] | ((call: CodeCall) => readonly string[]),
  {
    id = 'mock',
    supports = everything,
    wait,
  }: { id?: string; supports?: CodeSupport; wait?: () => Promise<void> } = {},
): MockCodeModel {
  const calls: CodeCall[] = []
  const model: MockCodeModel = {
    provider: 'mock',
    id,
    supports,
    calls,
    left: 0,
    async *fill(call): AsyncGenerator<Part, undefined, undefined> {
      calls.push(call)
      let whole = false
      try {
        for (const text of typeof fragments === 'function' ? fragments(call) : fragments) {
          await wait?.()
          call.signal?.throwIfAborted()
          yield { type: 'text', text }
        }
        whole = true
      } finally {
        if (!whole) model.left++
      }
      yield { type: 'finish', reason: 'stop', usage: { output: 1 }, response: { provider: 'mock', model: id } }
      return undefined
    },
  }
  return model
}
