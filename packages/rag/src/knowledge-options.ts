import type { EmbeddingModel, Given } from '@anymodel/core'
import type { LanguageDetector } from './add/language.ts'
import type { ChunkHeader } from './add/prepare.ts'
import type { AddProgress } from './add/report.ts'
import type { PlaceOptions } from './add/sources.ts'
import type { Splitter, Store } from './contract.ts'
import type { SearchOptions } from './retrieve/search-options.ts'
import type { SplitOptions } from './split/options.ts'

export interface KnowledgeOptions {
  readonly store: Store
  /** Turns chunks and questions into vectors. Without one, chunks are found by their words only. */
  readonly embedding?: Given<EmbeddingModel>
  /** How files and pages are found and loaded: limits, formats of your own, what is left out. */
  readonly load?: Omit<PlaceOptions, 'signal'>
  /** Sizes of the default splitter. */
  readonly chunk?: SplitOptions
  /** Cuts documents. Default `autoSplitter(chunk)`. */
  readonly split?: Splitter
  /** Words in front of every chunk that say where it comes from. Default: title and headings. */
  readonly header?: ChunkHeader
  /** Tells the language of documents that don't say it, such as `await languageDetector()`. It joins their metadata, for filters, and tells `sentenceSplitter` how to cut. Default: it stays unknown. */
  readonly detectLanguage?: LanguageDetector
  /** Change it when your own `header` comes to give other words: documents are then added anew. */
  readonly version?: string
  /** Requests to the embedding model at the same time. Default 4. */
  readonly concurrency?: number
  /** Defaults of every search. */
  readonly search?: Omit<SearchOptions, 'signal' | 'history' | 'filter'>
}

export interface ReindexOptions {
  readonly onProgress?: (progress: AddProgress) => void
  readonly signal?: AbortSignal
}
