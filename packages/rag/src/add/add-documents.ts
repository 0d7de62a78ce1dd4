import { AnyModelError, type EmbeddingModel, type ErrorCode, isAnyModelError } from '@anymodel/core'
import type { Document, Metadata, Store } from '../contract.ts'
import { embedChunks, nameOf } from './embed-chunks.ts'
import { type Preparation, type Prepared, prepare, storedChunks } from './prepare.ts'
import type { Tally } from './report.ts'

/** A document, or what is wrong with one. */
export type Incoming = { readonly document: Document } | { readonly id: string; readonly error: AnyModelError }

/** What documents go through on their way into a store. */
export interface Intake {
  readonly store: Store
  readonly preparation: Preparation
  /** `undefined`: chunks are found by their words only. */
  readonly model: EmbeddingModel | undefined
  readonly concurrency: number
  readonly tally: Tally
  /** Metadata that every document gets. */
  readonly more?: Metadata
  readonly signal: AbortSignal | undefined
}

/** Documents are embedded together until they have so many chunks, so that small ones share requests. */
const chunksTogether = 256

/** Adds documents one after another; each is put as soon as it is embedded, so that a run that dies has lost nothing of what it has told. Gives the ids of all that came, also of those that failed. */
export async function addDocuments(incoming: AsyncIterable<Incoming>, intake: Intake): Promise<Set<string>> {
  const { tally, signal } = intake
  const ids = new Set<string>()
  let waiting: Prepared[] = []
  const flush = async () => {
    const group = waiting
    waiting = []
    await addGroup(group, intake)
  }
  for await (const each of incoming) {
    signal?.throwIfAborted()
    const id = 'error' in each ? each.id : each.document.id
    ids.add(id)
    const prepared = 'error' in each ? each.error : await preparedOrError(each.document, intake)
    if (prepared instanceof Error) tally.tell(id, 'failed', prepared)
    else if (prepared) waiting.push(prepared)
    if (waiting.reduce((sum, { chunks }) => sum + chunks.length, 0) >= chunksTogether) await flush()
  }
  await flush()
  return ids
}

/** `undefined` for a document that is there as it is. */
async function preparedOrError(document: Document, intake: Intake): Promise<Prepared | AnyModelError | undefined> {
  const { store, preparation, tally, more, signal, model } = intake
  try {
    const prepared = await prepare(document, preparation, more)
    const { id, hash } = prepared.stored
    tally.text(prepared.textHash, id)
    const there = await store.document(id)
    if (there?.hash !== withModel(hash, model)) return prepared
    tally.tell(id, 'unchanged')
    return undefined
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    return isAnyModelError(error) ? error : broken(document.id, error)
  }
}

const broken = (id: string, cause: unknown): AnyModelError =>
  new AnyModelError(
    'malformed',
    `"${id}" could not be cut: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
      retryable: false,
    },
  )

/** The hash of a document whose chunks were embedded by a model. */
export const withModel = (hash: string, model: EmbeddingModel | undefined): string =>
  `${hash.split(' ')[0]} ${model ? nameOf(model) : ''}`.trimEnd()

/** What is wrong with one text, not with the service or the account. */
const aboutText: ReadonlySet<ErrorCode> = new Set(['bad-request', 'context-length', 'content-filter', 'malformed'])

/** Embeds and puts documents together; when a text among them is refused, one by one, so that only its document fails. */
async function addGroup(group: readonly Prepared[], intake: Intake): Promise<void> {
  const { tally, signal } = intake
  if (group.length === 0) return
  try {
    await embedAndPut(group, intake)
  } catch (error) {
    if (signal?.aborted || !isAnyModelError(error) || !aboutText.has(error.code)) throw error
    const [first, ...others] = group as [Prepared, ...Prepared[]]
    if (others.length === 0) return tally.tell(first.stored.id, 'failed', error)
    for (const each of group) await addGroup([each], intake)
  }
}

async function embedAndPut(
  group: readonly Prepared[],
  { store, preparation, model, concurrency, tally, signal }: Intake,
) {
  const chunks = await Promise.all(group.map((each) => storedChunks(each, preparation.header, signal)))
  const all = chunks.flat()
  const { vectors, embedded, asked, usage } = model
    ? await embedChunks(all, { model, store, concurrency, signal })
    : { vectors: all.map(() => undefined), embedded: undefined, asked: 0, usage: {} }
  tally.count(0, asked, usage)
  let from = 0
  for (const [at, { stored }] of group.entries()) {
    signal?.throwIfAborted()
    const own = chunks[at] as (typeof chunks)[number]
    const to = from + own.length
    const document = { ...stored, hash: withModel(stored.hash, model), added: new Date().toISOString() }
    await store.put(document, own, vectors.slice(from, to), embedded)
    from = to
    tally.count(own.length, 0, {})
    tally.tell(stored.id, 'added')
  }
}
