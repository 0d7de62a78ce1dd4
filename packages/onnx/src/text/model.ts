import {
  AnyModelError,
  isAnyModelError,
  type Part,
  type PartIterator,
  type PartResult,
  type TextCall,
  type TextModel,
  type TextSupport,
} from '@anymodel/core'
import type { ModelThread } from './thread.ts'

const provider = 'onnx'

/** What every local text model can do; how well is up to the model. */
const supports: TextSupport = {
  tools: true,
  output: ['prompt'],
  prefill: true,
  knobs: [
    'maxTokens',
    'temperature',
    'topP',
    'topK',
    'minP',
    'presencePenalty',
    'frequencyPenalty',
    'repetitionPenalty',
    'logitBias',
    'seed',
    'stop',
    'logprobs',
    'parallelToolCalls',
  ],
}

/** A text model whose thread is found (and thereby located on disk) at first use. */
export function localText(id: string, thread: () => ModelThread): TextModel {
  return {
    provider,
    id,
    supports,
    stream: (call) => ({ [Symbol.asyncIterator]: () => new LocalAnswer(id, thread, call) }),
  }
}

/** One answer on its way from the worker. */
class LocalAnswer implements PartIterator {
  readonly #id: string
  readonly #thread: () => ModelThread
  readonly #call: TextCall

  #queue: Part[] = []
  #at = 0
  #stage: 'new' | 'open' | 'over' = 'new'
  #failure: { readonly error: unknown } | undefined
  #cancel: (() => void) | undefined
  #wake: (() => void) | undefined
  #content = false

  constructor(id: string, thread: () => ModelThread, call: TextCall) {
    this.#id = id
    this.#thread = thread
    this.#call = call
  }

  take(): Part | undefined {
    const part = this.#queue[this.#at]
    if (part) {
      this.#at++
      return part
    }
    if (this.#at > 0) {
      this.#queue = []
      this.#at = 0
    }
    return undefined
  }

  async next(): Promise<PartResult> {
    if (this.#stage === 'new') this.#ask()
    for (;;) {
      const part = this.take()
      if (part) return { done: false, value: part }
      if (this.#failure) {
        const { error } = this.#failure
        this.#failure = undefined
        throw error
      }
      if (this.#stage === 'over') return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        // A caller that asks twice without waiting is woken twice.
        const before = this.#wake
        this.#wake = () => {
          this.#wake = undefined
          before?.()
          resolve()
        }
      })
    }
  }

  async return(): Promise<PartResult> {
    this.#queue = []
    this.#at = 0
    this.#failure = undefined
    this.#close()
    return { done: true, value: undefined }
  }

  #ask(): void {
    const { signal } = this.#call
    this.#stage = 'open'
    try {
      signal?.throwIfAborted()
      this.#cancel = this.#thread().ask(this.#id, this.#call, {
        parts: (parts) => this.#take(parts),
        failed: (error) => this.#fail(error),
      })
      signal?.addEventListener('abort', this.#aborted)
      this.#queue.push({ type: 'notice', kind: 'connected', message: 'The local engine has the request.' })
    } catch (error) {
      this.#fail(error)
    }
  }

  readonly #aborted = (): void => this.#fail(this.#call.signal?.reason)

  #take(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.type !== 'notice') this.#content = true
      this.#queue.push(part)
    }
    if (parts.at(-1)?.type === 'finish') this.#close()
    this.#wake?.()
  }

  /** What came before is delivered first. */
  #fail(error: unknown): void {
    this.#failure = { error: this.#call.signal?.aborted ? this.#call.signal.reason : this.#explain(error) }
    this.#close()
  }

  #explain(error: unknown): unknown {
    const known = isAnyModelError(error)
      ? error
      : new AnyModelError(
          'invalid-argument',
          `The call can't be handed to the local engine: ${(error as Error).message}`,
          { cause: error },
        )
    return known.with({ provider, model: this.#id, phase: this.#content ? 'post-content' : 'pre-content' })
  }

  #close(): void {
    this.#stage = 'over'
    this.#call.signal?.removeEventListener('abort', this.#aborted)
    this.#cancel?.()
    this.#cancel = undefined
    this.#wake?.()
  }
}
