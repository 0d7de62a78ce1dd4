import type { EmbeddingModel } from '../contract/embedding.ts'
import type { Part } from '../contract/part.ts'
import type { CacheControl, PartStream } from '../contract/text.ts'
import type { VideoModel } from '../contract/video.ts'
import { AnyModelError } from '../errors.ts'
import { memoryState } from '../state/memory.ts'
import type { State } from '../state/state.ts'
import { cacheEmbeddings } from './cache/embeddings.ts'
import { type Entry, EntryDraft, toEntry, toText, unbilled } from './cache/entry.ts'
import { Flights } from './cache/flights.ts'
import { Near } from './cache/near.ts'
import { type CacheKeys, cacheKeys } from './cache/request.ts'
import { asStream, valueIn } from './cache/value.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { type AnyCall, type AnyModel, type Kind, kindOf, type OfKind, rewired } from './kinds.ts'
import { ticketed } from './ticket.ts'

export interface CacheOptions {
  /** `exact` (the default): an answer counts for the same call alone. `semantic`: also for one whose last message says the same in other words; needs `embedding`. */
  readonly mode?: 'exact' | 'semantic'
  /** How long answers are kept, in ms. Default 3,600,000: an hour. */
  readonly ttl?: number
  /** Where they are kept. Default: in this process, up to `maxBytes`. */
  readonly state?: State
  /** Bytes that answers may take in this process, where no state is given. Default 64 MB. */
  readonly maxBytes?: number
  /** Only caches with the same namespace share answers. */
  readonly namespace?: string
  /** Name of a tag: calls with different values never share answers. Default `tenant`. */
  readonly by?: string
  /** Keep answers that would differ each time, too: at a temperature above 0, and pictures without a seed. Default false. A call that sets no temperature is kept, and so is speech. */
  readonly anyTemperature?: boolean
  /** For `semantic`: what compares questions. */
  readonly embedding?: EmbeddingModel
  /** For `semantic`: the least cosine of two questions that count as one. Default 0.92. */
  readonly threshold?: number
}

/**
 * Answers from memory what was answered before. The call must be the same in all that can matter: model, messages, tools, schema, tuning, headers, tenant. Calls that come while the same one is under
 * way share its answer. An answer that was not asked for anew has usage 0 and `response.cached`.
 *
 * For models of every kind but videos; of embedding models each vector is kept by itself. Kept are whole answers that ended by themselves; never errors, answers that were cut, refusals or tool calls. A cache that can't be reached is no error: the model is asked.
 * `semantic` refuses rather than guesses: besides the cosine, both questions must have the same words in the same order, but for articles, courtesies, case and punctuation.
 * `cache` of a call says whether it reads and what it leaves.
 */
export function withCache<M extends Exclude<AnyModel, VideoModel>>(model: M, options: CacheOptions = {}): OfKind<M> {
  const kind = kindOf(model)
  if (kind === 'video') throw wrong('videos are not kept: they are too large, and no two are alike. Keep the files.')
  const { ttl = 3_600_000, maxBytes, state = memoryState(maxBytes === undefined ? {} : { maxBytes }) } = options
  const { namespace = '', by = 'tenant' } = options
  const scope = [model.provider, model.id, namespace]
  const keysOf = (call: Cacheable) => cacheKeys(call, [...scope, call.cache?.namespace ?? '', call.tags?.[by] ?? ''])
  if (kind === 'embedding') return cacheEmbeddings(model as EmbeddingModel, state, ttl, scope) as OfKind<M>
  const cache = new AnswerCache(state, ttl, nearOf(kind, options, state))
  const cached = rewired(model, {
    parts: (ask, call) => (isKept(kind, call, options) ? cache.stream(call, keysOf(call), ask) : ask(call)),
    value: (ask, call) => valueIn(cache.stream(call, keysOf(call), asStream(model, ask))),
  })
  const { unfit, members } = candidateOf(model)
  return unfit || members ? asCandidate(cached, { unfit, members }) : cached
}

/** A call as far as caches read it. */
interface Cacheable extends AnyCall {
  readonly cache?: CacheControl
  readonly temperature?: number
  readonly seed?: number
}

/** Whether the same call would get the same answer again, or the user says that one is as good as another. */
function isKept(kind: Kind, { temperature = 0, seed }: Cacheable, { anyTemperature = false }: CacheOptions): boolean {
  return anyTemperature || (kind === 'image' ? seed !== undefined : temperature <= 0)
}

const wrong = (problem: string): AnyModelError => new AnyModelError('invalid-argument', `withCache: ${problem}`)

function nearOf(kind: Kind, { mode, embedding, threshold = 0.92 }: CacheOptions, state: State): Near | undefined {
  if (mode !== 'semantic') return undefined
  if (kind !== 'text') throw wrong(`mode 'semantic' compares questions: it is not for ${kind} models.`)
  if (!embedding) throw wrong("mode 'semantic' needs embedding, a model that compares texts.")
  return new Near(state, embedding, threshold)
}

interface Hit {
  readonly entry: Entry
  readonly similarity?: number
}

type Ask = (call: AnyCall) => PartStream

class AnswerCache {
  readonly #state: State
  readonly #ttl: number
  readonly #near: Near | undefined
  readonly #flights = new Flights()

  constructor(state: State, ttl: number, near: Near | undefined) {
    this.#state = state
    this.#ttl = ttl
    this.#near = near
  }

  stream(call: Cacheable, keys: CacheKeys, ask: Ask): PartStream {
    let hit: Hit | undefined
    const look = async (left: AbortSignal) => {
      call.signal?.throwIfAborted()
      if (call.cache?.read !== false) hit = await this.#find(call, keys, left)
      call.signal?.throwIfAborted()
      return { end: async () => {} }
    }
    return ticketed(look, () => (hit ? replay(hit) : this.#ask(call, keys, ask)))
  }

  async #find({ signal, cache = {} }: Cacheable, keys: CacheKeys, left: AbortSignal): Promise<Hit | undefined> {
    const isFresh = ({ madeAt }: Entry) => Date.now() - madeAt <= (cache.maxAge ?? Number.POSITIVE_INFINITY)
    try {
      const exact = await this.#read(placeOf(keys))
      if (exact && isFresh(exact)) return { entry: exact }
      const found = await this.#near?.find(keys, signal ? AbortSignal.any([signal, left]) : left)
      const near = found && (await this.#read(found.key))
      return near && isFresh(near) ? { entry: near, similarity: found.similarity } : undefined
    } catch {
      // A cache that fails is a cache without the answer.
      return undefined
    }
  }

  async #read(place: string): Promise<Entry | undefined> {
    const text = await this.#state.get(place)
    return text === undefined ? undefined : toEntry(text)
  }

  #ask(call: Cacheable, keys: CacheKeys, ask: Ask): PartStream {
    const draft = new EntryDraft()
    const { read = true, write = true, ttl = this.#ttl } = call.cache ?? {}
    const flight = {
      ask: (signal: AbortSignal) => ask({ ...call, signal }),
      passed: (part: Part) => draft.add(part),
      landed: async () => {
        const { entry } = draft
        if (write && entry) await this.#write(keys, entry, ttl)
      },
    }
    // Who does not read from the cache wants an answer of its own.
    const key = read ? `${placeOf(keys)}:${write}` : Symbol('alone')
    return this.#flights.join(key, flight, call.signal)
  }

  async #write(keys: CacheKeys, entry: Entry, ttl: number): Promise<void> {
    try {
      await this.#state.set(placeOf(keys), toText(entry), ttl)
      await this.#near?.add(keys, placeOf(keys), ttl)
    } catch {
      // The next one asks again.
    }
  }
}

const placeOf = ({ exact }: CacheKeys): string => `cache:answer:${exact}`

function replay({ entry: { parts, finish, madeAt }, similarity }: Hit): PartStream {
  const by = similarity === undefined ? ('exact' as const) : ('semantic' as const)
  const cached = { by, usage: finish.usage, madeAt, ...(similarity === undefined ? {} : { similarity }) }
  return all([...parts, unbilled(finish, cached)])
}

async function* all(parts: readonly Part[]): AsyncGenerator<Part, undefined, undefined> {
  yield* parts
  return undefined
}
