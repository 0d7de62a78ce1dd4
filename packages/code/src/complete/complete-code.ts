import type { Part } from '@anymodel/core'
import { SharedRun, textOf } from '@anymodel/core/verb'
import type { Completion, CompletionOptions, CompletionStream } from './options.ts'
import { runCompletion } from './run-completion.ts'

/**
 * Fills the gap between a prefix and a suffix, as at an editor's cursor.
 *
 * Code models read both; other models are asked by their family's template, or in a chat. What comes is trimmed to what fits. Rejects with an `AnyModelError`, or with `signal.reason` when aborted.
 */
export function completeCode(options: CompletionOptions): Promise<Completion> {
  return runCompletion(options, () => {})
}

/** Fills a gap and hands the text over while it is written. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamCompletion(options: CompletionOptions): CompletionStream {
  const run = new SharedRun<Completion, Part>(
    (emit, signal) => runCompletion({ ...options, signal }, emit),
    options?.signal,
    (past, part) => past.push(part),
  )
  return {
    get result() {
      return run.result
    },
    textStream: { [Symbol.asyncIterator]: () => run.read(textOf) },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
