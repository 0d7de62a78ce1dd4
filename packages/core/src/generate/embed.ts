import type { EmbeddingCall } from '../contract/embedding.ts'
import type { Warning } from '../contract/part.ts'
import type { Usage } from '../contract/usage.ts'
import { AnyModelError } from '../errors.ts'
import { type EmbedSettings, embedMany } from './embed-many.ts'

/** Options of `embed`. */
export interface EmbedOptions extends EmbedSettings {
  /** The text; it may not be empty. */
  readonly value: EmbeddingCall['values'][number]
}

export interface EmbedResult {
  readonly embedding: Float32Array
  readonly usage: Usage
  readonly warnings: readonly Warning[]
}

/** The vector of one text. Rejects with an `AnyModelError`; an abort rejects with `signal.reason`. */
export async function embed({ value, ...settings }: EmbedOptions): Promise<EmbedResult> {
  if (typeof value !== 'string' || value === '')
    throw new AnyModelError('invalid-argument', 'value must be a text that is not empty.')
  const { embeddings, usage, warnings } = await embedMany({ ...settings, values: [value] })
  return { embedding: embeddings[0] as Float32Array, usage, warnings }
}
