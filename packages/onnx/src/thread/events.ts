import { AnyModelError, isAnyModelError } from '@anymodel/core'
import type { Event } from './messages.ts'
import type { ModelThread } from './thread.ts'

/** The name of this provider, in answers and errors. */
export const provider = 'onnx'

/** One request to a local model. */
export interface Request<E extends Event> {
  /** The name that the model was asked for with. */
  readonly id: string
  /** Finds the model's thread, and with it the model on disk. */
  readonly thread: () => Promise<ModelThread>
  /** What the worker is handed: plain data, `signal` is taken out. */
  readonly call: { readonly signal?: AbortSignal | undefined }
  /** The first event, once the engine has the request. */
  readonly opened?: E
}

/** The events of one request on their way from the worker. Nothing is asked before the first `next()`; leaving cancels. */
export class LocalEvents<E extends Event> implements AsyncIterator<E, undefined> {
  readonly #request: Request<E>
  #queue: E[] = []
  #at = 0
  #stage: 'new' | 'open' | 'over' = 'new'
  #failure: { readonly error: unknown } | undefined
  #cancel: (() => void) | undefined
  #wake: (() => void) | undefined
  #content = false

  constructor(request: Request<E>) {
    this.#request = request
  }

  /** The next event when it is there already. */
  take(): E | undefined {
    const event = this.#queue[this.#at]
    if (event) {
      this.#at++
      return event
    }
    if (this.#at > 0) {
      this.#queue = []
      this.#at = 0
    }
    return undefined
  }

  async next(): Promise<IteratorResult<E, undefined>> {
    if (this.#stage === 'new') void this.#ask()
    for (;;) {
      const event = this.take()
      if (event) return { done: false, value: event }
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

  async return(): Promise<IteratorResult<E, undefined>> {
    this.#queue = []
    this.#at = 0
    this.#failure = undefined
    this.#close()
    return { done: true, value: undefined }
  }

  async #ask(): Promise<void> {
    const { id, call, thread, opened } = this.#request
    this.#stage = 'open'
    try {
      call.signal?.throwIfAborted()
      call.signal?.addEventListener('abort', this.#aborted)
      const found = await thread()
      if (!this.#isOpen()) return
      this.#cancel = found.ask(id, call, {
        events: (events) => this.#take(events as readonly E[]),
        failed: (error) => this.#fail(error),
      })
      if (opened) this.#queue.push(opened)
      this.#wake?.()
    } catch (error) {
      if (this.#isOpen()) this.#fail(error)
    }
  }

  #isOpen(): boolean {
    return this.#stage === 'open'
  }

  readonly #aborted = (): void => this.#fail(this.#request.call.signal?.reason)

  #take(events: readonly E[]): void {
    for (const event of events) {
      if (event.type !== 'notice' && event.type !== 'progress') this.#content = true
      this.#queue.push(event)
    }
    if (events.at(-1)?.type === 'finish') this.#close()
    this.#wake?.()
  }

  /** What came before is delivered first. */
  #fail(error: unknown): void {
    const { signal } = this.#request.call
    this.#failure = { error: signal?.aborted ? signal.reason : this.#explain(error) }
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
    return known.with({
      provider,
      model: this.#request.id,
      phase: this.#content ? 'post-content' : 'pre-content',
    })
  }

  #close(): void {
    this.#stage = 'over'
    this.#request.call.signal?.removeEventListener('abort', this.#aborted)
    this.#cancel?.()
    this.#cancel = undefined
    this.#wake?.()
  }
}

/** The last event of a request whose answer is one: what `embed` and `rerank` wait for. */
export async function lastEvent<E extends Event>(request: Request<E>): Promise<E> {
  const events = new LocalEvents<E>(request)
  for (;;) {
    const { value } = await events.next()
    if (value?.type === 'finish') return value
  }
}
