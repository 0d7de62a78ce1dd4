import { SharedRun } from '@anymodel/core/verb'
import type { EditEvent, EditOptions, EditResult, EditStream } from './edit-options.ts'
import { runEdit } from './run-edit.ts'

/**
 * Has a model edit files, in memory: what comes back is the new files and a patch.
 *
 * Edits that can't be applied are asked for again, those alone. When some are left after `repairs`, all of it is an `invalid-output` error with the reasons in `issues`, and nothing has changed.
 */
export function editCode(options: EditOptions): Promise<EditResult> {
  return runEdit(options, () => {})
}

/** Has a model edit files and tells every edit while it is written. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamEdit(options: EditOptions): EditStream {
  const run = new SharedRun<EditResult, EditEvent>(
    (emit, signal) => runEdit({ ...options, signal }, emit),
    options?.signal,
    (past, event) => past.push(event),
  )
  return {
    get result() {
      return run.result
    },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
