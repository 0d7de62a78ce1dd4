export { type ContextualHeaderOptions, contextualHeaders } from './add/contextual-headers.ts'
export { titleAndHeadings } from './add/header.ts'
export { type LanguageDetector, languageDetector } from './add/language.ts'
export type { ChunkHeader } from './add/prepare.ts'
export type { AddFailure, AddProgress, AddReport } from './add/report.ts'
export type { AddSource } from './add/sources.ts'
export type {
  AnswerPart,
  AnswerStream,
  AskOptions,
  Citation,
  ClaimVerdict,
  GroundedAnswer,
  UnsupportedPolicy,
} from './answer/ask-options.ts'
export {
  type CitedClaim,
  type QuoteCheck,
  type QuotedSource,
  type QuoteVerdict,
  quoteChecker,
} from './answer/check-quote.ts'
export type { ClaimJudge, JudgedClaim } from './answer/judge-claim.ts'
export { type SimilarityJudgeOptions, similarityJudge } from './answer/similarity-judge.ts'
export type * from './contract.ts'
export {
  type CaseMetrics,
  evaluateSearch,
  parseCases,
  type SearchCase,
  type SearchEvaluation,
} from './evaluate/evaluate-search.ts'
export { type AnswerJudgement, type JudgeAnswerOptions, judgeAnswer } from './evaluate/judge-answer.ts'
export {
  averagePrecision,
  meanMetrics,
  ndcg,
  type RankingMetrics,
  type Relevance,
  rankingMetrics,
  recall,
  reciprocalRank,
} from './evaluate/ranking-metrics.ts'
export {
  type IngestionCounts,
  type IngestionQueue,
  type IngestionQueueOptions,
  ingestionQueue,
} from './jobs/ingestion-queue.ts'
export type { AddsDocuments, IngestionWorker, WorkOptions } from './jobs/worker.ts'
export { type AddOptions, type Knowledge, type KnowledgeView, knowledge } from './knowledge.ts'
export type { KnowledgeOptions, ReindexOptions } from './knowledge-options.ts'
export { loadDocx, loadEpub, loadPptx, loadXlsx } from './load/archives.ts'
export { loadCsv } from './load/csv.ts'
export { loadEmail } from './load/email.ts'
export { type FindOptions, type FoundFile, findFiles } from './load/find-files.ts'
export { loadHtml } from './load/html.ts'
export { loadJson, loadJsonLines } from './load/json.ts'
export { load } from './load/load.ts'
export { type LoadedFile, loadFile, loadFiles, readSource } from './load/load-file.ts'
export { loadUrl, type UrlOptions } from './load/load-url.ts'
export type { Loader, LoadOptions, RecordOptions, Source } from './load/loader.ts'
export { loadMarkdown } from './load/markdown.ts'
export { loadPdf } from './load/pdf.ts'
export { loadSitemap, type SitemapOptions } from './load/sitemap.ts'
export { loadText } from './load/text.ts'
export { type DiversifyOptions, diversify } from './retrieve/diversify.ts'
export { fuse, type RankedList } from './retrieve/fuse.ts'
export { judgeReranker } from './retrieve/judge-reranker.ts'
export { estimateTokens, type PackOptions, packPassages } from './retrieve/pack.ts'
export { type Passage, type PassageOptions, toPassages } from './retrieve/passages.ts'
export type { Query, Rewriter } from './retrieve/query.ts'
export { hypotheticalAnswer, multiQuery, standaloneQuestion, stepBack } from './retrieve/rewrite.ts'
export type { Hit, Place, SearchMode, SearchOptions } from './retrieve/search-options.ts'
export { sentenceReranker } from './retrieve/sentence-reranker.ts'
export { autoSplitter } from './split/auto.ts'
export { type CodeSplitOptions, codeSplitter } from './split/code.ts'
export { headingSplitter } from './split/headings.ts'
export { type HierarchyOptions, hierarchicalSplitter } from './split/hierarchical.ts'
export type { SplitOptions } from './split/options.ts'
export { recursiveSplitter } from './split/recursive.ts'
export { type SentenceOptions, sentenceSplitter } from './split/sentences.ts'
export { codeWords } from './store/code-words.ts'
export { englishWords } from './store/english-words.ts'
export type { LanceConnection, LanceDb, LanceQuery, LanceTable } from './store/lancedb/client.ts'
export { type LancedbStoreOptions, lancedbStore } from './store/lancedb/lancedb-store.ts'
export { type MemoryStoreOptions, memoryStore } from './store/memory/memory-store.ts'
export type { PostgresClient, PostgresPool } from './store/postgres/client.ts'
export { type PostgresStoreOptions, postgresStore } from './store/postgres/postgres-store.ts'
export { type QdrantStoreOptions, qdrantStore } from './store/qdrant/qdrant-store.ts'
export type { QdrantConnection } from './store/qdrant/rest.ts'
export { type SqliteStoreOptions, sqliteStore } from './store/sqlite/sqlite-store.ts'
export { type Words, words } from './store/words.ts'
