import type { Tools } from '../tool/tool.ts'
import type { TextOptions } from './options.ts'
import type { TextResult } from './result.ts'
import { run } from './run.ts'

/**
 * Asks a model for text and waits for the whole answer, running tools and asking again as often as needed.
 *
 * Throws an `AnyModelError` (what had arrived is in `partial`), or `signal.reason` when aborted.
 */
export function generateText<const T extends Tools>(options: TextOptions<T>): Promise<TextResult<T>> {
  return run({ ...options, delivery: 'whole' } as unknown as TextOptions, () => {}) as unknown as Promise<TextResult<T>>
}
