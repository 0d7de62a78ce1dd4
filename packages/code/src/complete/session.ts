import { AnyModelError } from '@anymodel/core'
import type { Completion, CompletionOptions } from './options.ts'
import { runCompletion } from './run-completion.ts'

/** Where the cursor is. */
export type CursorContext = Pick<CompletionOptions, 'prefix' | 'suffix' | 'path' | 'language' | 'context'>

export interface SessionOptions extends Omit<CompletionOptions, keyof CursorContext | 'signal'> {
  /** Milliseconds without typing before the model is asked. Default 150. */
  readonly debounce?: number
}

/** Completions for an editor: one at a time, for where the cursor is last. */
export interface CompletionSession {
  /**
   * What to show at the cursor. `undefined` when the cursor moved on before the answer came. While the user types what a completion says, the rest of it is given at once and the model is not asked.
   * Rejects with an `AnyModelError`.
   */
  complete(at: CursorContext): Promise<Completion | undefined>
  /** Ends what is under way. */
  close(): void
}

/** A request under way: what has come of it, and what the user has typed since. */
interface Running {
  readonly at: CursorContext
  readonly controller: AbortController
  readonly done: Promise<Completion>
  text: string
  typed: string
}

/** So many completions are kept, for a cursor that goes back. */
const kept = 32

/** Makes completions for an editor: waits until the user pauses, ends requests that nobody waits for any more, and reuses completions while the user types along. */
export function completionSession({ debounce = 150, ...options }: SessionOptions): CompletionSession {
  const past: { readonly at: CursorContext; readonly completion: Completion }[] = []
  let running: Running | undefined
  let turn = 0
  let closed = false

  const start = (at: CursorContext): Running => {
    const controller = new AbortController()
    const request: Running = {
      at,
      controller,
      text: '',
      typed: '',
      done: runCompletion({ ...options, ...at, signal: controller.signal }, (part) => {
        if (part.type === 'text') request.text += part.text
        if (!agree(request.text, request.typed)) controller.abort(superseded())
      }),
    }
    const over = () => {
      if (running === request) running = undefined
    }
    request.done.then((completion) => {
      past.unshift({ at, completion })
      past.length = Math.min(past.length, kept)
      over()
    }, over)
    return request
  }

  const fromPast = (at: CursorContext): Completion | undefined => {
    for (const { at: before, completion } of past) {
      const typed = typedSince(before, at)
      if (typed !== undefined && completion.code.startsWith(typed) && (typed === '' || typed !== completion.code))
        return { ...completion, code: completion.code.slice(typed.length) }
    }
    return undefined
  }

  const stop = (): void => {
    running?.controller.abort(superseded())
    running = undefined
  }

  /** The rest of the request under way, when it still says what the user typed. */
  const fromRunning = async (request: Running, at: CursorContext): Promise<Completion | undefined> => {
    try {
      await request.done
    } catch (error) {
      if (!request.controller.signal.aborted) throw error
    }
    return fromPast(at)
  }

  return {
    async complete(at) {
      if (closed) throw new AnyModelError('aborted', 'The session is closed: make a new one with completionSession.')
      const mine = ++turn
      const moved = () => mine !== turn
      const ready = fromPast(at)
      if (ready) {
        stop()
        return ready
      }
      const typed = running && typedSince(running.at, at)
      if (running && typed !== undefined && agree(running.text, typed)) {
        running.typed = typed
        const rest = await unlessMoved(fromRunning(running, at), moved)
        if (rest || moved()) return rest
      }
      stop()
      await new Promise((resolve) => setTimeout(resolve, debounce))
      if (moved()) return undefined
      const request = start(at)
      running = request
      return unlessMoved(request.done, moved)
    },
    close() {
      closed = true
      turn++
      stop()
    },
  }
}

const superseded = () => new AnyModelError('aborted', 'The cursor moved on.')

/** What was typed between two places of the cursor; `undefined` when anything else happened. */
function typedSince(before: CursorContext, at: CursorContext): string | undefined {
  const same = before.path === at.path && before.language === at.language && (before.suffix ?? '') === (at.suffix ?? '')
  return same && at.prefix.startsWith(before.prefix) ? at.prefix.slice(before.prefix.length) : undefined
}

/** Whether a completion that is still growing may go on as the user typed. */
const agree = (text: string, typed: string): boolean => text.startsWith(typed) || typed.startsWith(text)

/** The outcome of a request; `undefined`, even in place of an error, when nobody waits for it any more. */
async function unlessMoved<T>(outcome: Promise<T>, moved: () => boolean): Promise<T | undefined> {
  try {
    const value = await outcome
    return moved() ? undefined : value
  } catch (error) {
    if (moved()) return undefined
    throw error
  }
}
