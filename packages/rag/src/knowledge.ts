import { AnyModelError, type EmbeddingModel } from '@anymodel/core'
import { addDocuments } from './add/add-documents.ts'
import { checkModel } from './add/check-model.ts'
import { titleAndHeadings } from './add/header.ts'
import { reindex } from './add/reindex.ts'
import { type AddProgress, type AddReport, newTally } from './add/report.ts'
import { type AddSource, openSource } from './add/sources.ts'
import { originField, sweep } from './add/sweep.ts'
import type { AnswerStream, AskOptions, GroundedAnswer } from './answer/ask-options.ts'
import { streamAsk } from './answer/stream-ask.ts'
import type { Filter, Metadata, Store, StoredChunk, StoredDocument } from './contract.ts'
import type { KnowledgeOptions, ReindexOptions } from './knowledge-options.ts'
import { both, search } from './retrieve/search.ts'
import type { Hit, SearchOptions } from './retrieve/search-options.ts'
import { autoSplitter } from './split/auto.ts'

export interface AddOptions {
  /** Joins the metadata of every document, for filters: `{ tenant: 'a' }`. */
  readonly metadata?: Metadata
  /** Takes away what an earlier `add` of the same folder or pattern found and this one does not. Default true. */
  readonly removeMissing?: boolean
  /** Told after every document. */
  readonly onProgress?: (progress: AddProgress) => void
  readonly signal?: AbortSignal
}

/** What may be asked of knowledge. */
export interface KnowledgeView {
  /** The chunks that fit a question best, best first. */
  search(question: string, options?: SearchOptions): Promise<readonly Hit[]>
  /**
   * Answers a question from what is found, or says that nothing is: every claim of the answer rests on a quote that was checked against its source. Rejects with an `AnyModelError` when the model fails.
   */
  ask(options: AskOptions): Promise<GroundedAnswer>
  /** The same, handed over while it is written: claim by claim, each with its citation. */
  streamAsk(options: AskOptions): AnswerStream
  /** The same knowledge for somebody who may see only what fits a filter. No option, question or document lifts it; a view of a view may see what fits both. */
  as(access: Filter): KnowledgeView
}

/** Documents in a store, ready to be searched. */
export interface Knowledge extends KnowledgeView {
  /**
   * Adds documents. Those that are there as they are cost nothing, changed ones are replaced at once, equal texts are embedded once. A document that can't be read is reported and the others go on; a run that was ended goes on
   * where it was when it is started again. Rejects with `config` when the store holds vectors of another embedding model: `reindex()` is the way out.
   */
  add(source: AddSource, options?: AddOptions): Promise<AddReport>
  /** Embeds everything that is there with the embedding model of now. Search by words goes on meanwhile. */
  reindex(options?: ReindexOptions): Promise<AddReport>
  remove(documentIds: string | readonly string[]): Promise<void>
  documents(options?: { readonly prefix?: string }): AsyncIterable<StoredDocument>
  /** The chunks of a document, in order; none for an id that is not there. */
  chunks(documentId: string): Promise<readonly StoredChunk[]>
  stats(): ReturnType<Store['stats']>
  close(): Promise<void>
}

/**
 * Knowledge in a store: documents go in, chunks that fit a question come out.
 *
 * ```ts
 * const kb = await knowledge({ store: memoryStore(), embedding: onnx().embedding('all-minilm-l6-v2') })
 * await kb.add('docs')
 * const hits = await kb.search('How long is the warranty?')
 * ```
 */
export async function knowledge(options: KnowledgeOptions): Promise<Knowledge> {
  const { store, embedding, concurrency = 4 } = options
  const model = typeof embedding === 'function' ? await embedding() : embedding
  check(store, model)
  await store.open()
  const preparation = preparationOf(options)
  const takeIn = async (source: AddSource, given: AddOptions): Promise<AddReport> => {
    const { onProgress, signal, metadata = {}, removeMissing = true } = given
    signal?.throwIfAborted()
    await checkModel(store, model)
    const { incoming, origin, total } = openSource(source, { ...options.load, ...(signal ? { signal } : {}) })
    const tally = newTally(onProgress, total)
    const more = origin === undefined ? metadata : { ...metadata, [originField]: origin }
    const seen = await addDocuments(incoming, { store, preparation, model, concurrency, tally, more, signal })
    const failed = tally.report().failed.map(({ id }) => id)
    if (origin !== undefined && removeMissing) await sweep(store, { origin, seen, failed, tally })
    return tally.report()
  }
  return {
    ...viewOf(options, model, undefined),
    add: (source, given = {}) => takeIn(source, given),
    async reindex({ onProgress, signal } = {}) {
      if (!model)
        throw new AnyModelError('invalid-argument', 'reindex needs an embedding model: pass embedding to knowledge().')
      const tally = newTally(onProgress, (await store.stats()).documents)
      await reindex({ store, model, concurrency, tally, signal })
      return tally.report()
    },
    remove: (ids) => store.remove(typeof ids === 'string' ? [ids] : ids),
    documents: (given) => store.documents(given),
    chunks: async (id) => store.range(id, 0, (await store.document(id))?.chunks ?? 0),
    stats: () => store.stats(),
    close: () => store.close(),
  }
}

function check(store: unknown, model: unknown): void {
  const has = (value: unknown, method: string) =>
    typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function'
  if (!has(store, 'put'))
    throw new AnyModelError('invalid-argument', 'store must be a store such as sqliteStore("kb.db").')
  if (model !== undefined && !has(model, 'embed'))
    throw new AnyModelError('invalid-argument', 'embedding must be an embedding model such as openai().embedding(id).')
}

const preparationOf = ({
  chunk,
  split = autoSplitter(chunk),
  header = titleAndHeadings,
  version = '',
  detectLanguage,
}: KnowledgeOptions) => ({
  split,
  header,
  detectLanguage,
  version: JSON.stringify([header.name, version]),
})

function viewOf(
  options: KnowledgeOptions,
  model: EmbeddingModel | undefined,
  access: Filter | undefined,
): KnowledgeView {
  const { store, search: defaults } = options
  const find: KnowledgeView['search'] = (question, given = {}) =>
    search(question, { ...defaults, ...given }, { store, model, access })
  return {
    search: find,
    ask: (given) => streamAsk(given, { store, search: find }).result,
    streamAsk: (given) => streamAsk(given, { store, search: find }),
    // A copy: whoever holds the object can't widen it later.
    as: (filter) => viewOf(options, model, both(access, structuredClone(filter))),
  }
}
