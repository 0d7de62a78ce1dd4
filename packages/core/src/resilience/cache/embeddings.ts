import type { EmbeddingCall, EmbeddingModel, EmbeddingResult } from '../../contract/embedding.ts'
import type { State } from '../../state/state.ts'
import { toBase64, toFloats } from './near.ts'
import { hash } from './request.ts'

/** Keeps the vector of each text, and asks for those that are missing. */
export function cacheEmbeddings(
  model: EmbeddingModel,
  state: State,
  ttl: number,
  scope: readonly string[],
): EmbeddingModel {
  const { provider, id, maxBatch } = model
  const keyOf = (call: EmbeddingCall, value: string) => {
    const { dimensions, purpose, extra, headers } = call
    const own = [...scope, call.cache?.namespace ?? '']
    return `cache:vector:${hash([own, dimensions, purpose, extra, headers, value])}`
  }
  return {
    provider,
    id,
    ...(maxBatch === undefined ? {} : { maxBatch }),
    async embed(call): Promise<EmbeddingResult> {
      const { read = true, write = true, ttl: wanted = ttl } = call.cache ?? {}
      const keys = call.values.map((value) => keyOf(call, value))
      const find = (key: string) => (read ? state.get(key).catch(() => undefined) : undefined)
      const known = await Promise.all(keys.map(find))
      call.signal?.throwIfAborted()
      const missing = [...call.values.keys()].filter((at) => known[at] === undefined)
      const vectors = known.map((text) => (text === undefined ? new Float32Array() : toFloats(text)))
      if (missing.length === 0) return { embeddings: vectors, usage: { input: 0, output: 0, total: 0 }, warnings: [] }
      const asked = await model.embed({ ...call, values: missing.map((at) => call.values[at] as string) })
      for (const [index, at] of missing.entries()) vectors[at] = asked.embeddings[index] as Float32Array
      const keep = (at: number) => state.set(keys[at] as string, toBase64(vectors[at] as Float32Array), wanted)
      if (write) await Promise.all(missing.map((at) => keep(at).catch(() => {})))
      return { ...asked, embeddings: vectors }
    },
  }
}
