import type { EmbeddingModel } from '../../contract/embedding.ts'
import { cosineSimilarity } from '../../generate/cosine-similarity.ts'
import type { State } from '../../state/state.ts'
import { type CacheKeys, hash } from './request.ts'
import { contentWords, plainWords } from './words.ts'

interface Neighbour {
  /** Where its answer is kept. */
  readonly key: string
  /** Its vector: 32-bit floats in base64. */
  readonly vector: string
}

/** Spellings of one question that are remembered. */
const most = 8

/** Finds questions that were asked before in other words. Only those with the same content words are looked at, in the same context; of those the vectors are compared. */
export class Near {
  readonly #state: State
  readonly #embedding: EmbeddingModel
  readonly #threshold: number

  constructor(state: State, embedding: EmbeddingModel, threshold: number) {
    this.#state = state
    this.#embedding = embedding
    this.#threshold = threshold
  }

  /** The key of the answer to the nearest question that is near enough. */
  async find(keys: CacheKeys, signal: AbortSignal): Promise<{ key: string; similarity: number } | undefined> {
    const place = this.#place(keys)
    const known = place === undefined ? [] : await this.#read(place)
    if (known.length === 0) return undefined
    const vector = await this.#vectorOf(keys.question as string, signal)
    let best: { key: string; similarity: number } | undefined
    for (const neighbour of known) {
      const other = toFloats(neighbour.vector)
      const similarity = other.length === vector.length ? cosineSimilarity(other, vector) : -1
      if (similarity >= this.#threshold && similarity > (best?.similarity ?? -1))
        best = { key: neighbour.key, similarity }
    }
    return best
  }

  async add(keys: CacheKeys, key: string, ttl: number): Promise<void> {
    const place = this.#place(keys)
    if (place === undefined) return
    const vector = toBase64(await this.#vectorOf(keys.question as string))
    const others = (await this.#read(place)).filter((one) => one.key !== key)
    await this.#state.set(place, JSON.stringify([{ key, vector }, ...others].slice(0, most)), ttl)
  }

  #place({ question, context }: CacheKeys): string | undefined {
    const words = question === undefined ? [] : contentWords(question)
    const { provider, id } = this.#embedding
    return words.length === 0 ? undefined : `cache:near:${hash([context, words, provider, id])}`
  }

  async #read(place: string): Promise<readonly Neighbour[]> {
    try {
      const list: unknown = JSON.parse((await this.#state.get(place)) ?? '[]')
      return Array.isArray(list)
        ? list.filter((one) => typeof one?.key === 'string' && typeof one.vector === 'string')
        : []
    } catch {
      return []
    }
  }

  async #vectorOf(question: string, signal?: AbortSignal): Promise<Float32Array> {
    // A question mark or a capital moves the vectors of small models more than a word does.
    const values = [plainWords(question).join(' ')]
    const { embeddings } = await this.#embedding.embed({ values, ...(signal ? { signal } : {}) })
    return embeddings[0] ?? new Float32Array()
  }
}

/** Bytes of 32-bit floats, little-endian as on every platform that Node.js runs on. */
export const toBase64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

export function toFloats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  const floats = new Float32Array(Math.floor(bytes.length / 4))
  for (let at = 0; at < floats.length; at++) floats[at] = bytes.readFloatLE(4 * at)
  return floats
}
