import type { EmbeddingCall, EmbeddingModel, EmbeddingResult } from '../contract/embedding.ts'
import type { Warning } from '../contract/part.ts'
import { addUsage, type Usage } from '../contract/usage.ts'
import { AnyModelError } from '../errors.ts'
import { type Given, givenModel } from './given-model.ts'

/** What `embed` and `embedMany` have in common. */
export interface EmbedSettings extends Omit<EmbeddingCall, 'values'> {
  readonly model: Given<EmbeddingModel>
}

/** Options of `embedMany`. */
export interface EmbedManyOptions extends EmbedSettings {
  /** The texts, none of them empty; an empty list gives no vectors and asks nobody. */
  readonly values: readonly string[]
  /** Requests at the same time, where the model's limit makes several of one call. Default 4. */
  readonly concurrency?: number
  /** Told after every request. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

export interface EmbedManyResult {
  /** One vector per value, in the order of the values. */
  readonly embeddings: readonly Float32Array[]
  /** Summed over all requests. */
  readonly usage: Usage
  /** Those of all requests, each once. */
  readonly warnings: readonly Warning[]
}

/**
 * The vectors of many texts: as many requests as the model's limit asks for, some at the same time. The first that fails ends the others. Rejects with an `AnyModelError`; an abort rejects with
 * `signal.reason`.
 */
export async function embedMany(options: EmbedManyOptions): Promise<EmbedManyResult> {
  const { model: given, values, concurrency = 4, onProgress, signal, ...rest } = options
  const model = await givenModel(given, 'embed', 'openai().embedding(id)')
  check(values, concurrency)
  signal?.throwIfAborted()
  const batches = toBatches(values, model)
  const results: EmbeddingResult[] = []
  const ended = new AbortController()
  const call = { ...rest, signal: signal ? AbortSignal.any([signal, ended.signal]) : ended.signal }
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < batches.length && !ended.signal.aborted; at = next++) {
      const batch = batches[at] as readonly string[]
      const result = await model.embed({ ...call, values: batch })
      results[at] = complete(result, batch, model)
      done += batch.length
      onProgress?.({ done, total: values.length })
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, work))
  } catch (error) {
    ended.abort(error)
    if (signal?.aborted) throw signal.reason
    throw error
  }
  return {
    embeddings: results.flatMap(({ embeddings }) => embeddings),
    usage: results.reduce((sum, { usage }) => addUsage(sum, usage), {} as Usage),
    warnings: unique(results.flatMap(({ warnings }) => warnings)),
  }
}

function check(values: readonly string[], concurrency: number): void {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (!Array.isArray(values)) wrong('values must be a list of texts.')
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'string') wrong(`values[${at}] must be a text, not ${typeof value}.`)
    if (value === '') wrong(`values[${at}] is empty: leave it out, no service gives a vector for it.`)
  }
  if (!Number.isInteger(concurrency) || concurrency < 1) wrong('concurrency must be a whole number above 0.')
}

function toBatches(values: readonly string[], { provider, id, maxBatch }: EmbeddingModel): (readonly string[])[] {
  const size = maxBatch ?? values.length
  if (values.length > 0 && !(Number.isInteger(size) && size > 0))
    throw new AnyModelError(
      'invalid-argument',
      `maxBatch of ${provider}/${id} must be a whole number above 0, not ${size}.`,
    )
  const batches: (readonly string[])[] = []
  for (let at = 0; at < values.length; at += size) batches.push(values.slice(at, at + size))
  return batches
}

/** One vector of numbers for each value, all of one length, or the answer is no answer. */
function complete(result: EmbeddingResult, batch: readonly string[], { provider, id }: EmbeddingModel) {
  const { embeddings } = result
  const fail = (what: string): never => {
    throw new AnyModelError('malformed', `${provider}/${id} gave ${what} for ${batch.length} values.`, {
      provider,
      model: id,
    })
  }
  if (embeddings.length !== batch.length) fail(`${embeddings.length} vectors`)
  if (embeddings[0]?.length === 0) fail('empty vectors')
  if (embeddings.some(({ length }) => length !== embeddings[0]?.length)) fail('vectors of different lengths')
  if (!embeddings.every((vector) => vector.every(Number.isFinite))) fail('vectors with something that is no number')
  return result
}

const unique = (warnings: readonly Warning[]): Warning[] => [
  ...new Map(warnings.map((warning) => [`${warning.option} ${warning.message}`, warning])).values(),
]
