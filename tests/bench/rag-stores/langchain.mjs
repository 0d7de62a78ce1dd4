import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** LangChain.js: its vector store in memory, its BM25 retriever, and the retriever that fuses both. */
export async function open({ corpus, peer }) {
  const { load } = await import(pathToFileURL(join(peer, 'load.mjs')).href)
  const [{ MemoryVectorStore }, { EnsembleRetriever }, { BM25Retriever }, { Document }] = await Promise.all([
    load('@langchain/classic/vectorstores/memory'),
    load('@langchain/classic/retrievers/ensemble'),
    load('@langchain/community/retrievers/bm25'),
    load('@langchain/core/documents'),
  ])
  const known = new Map(corpus.questions.map(({ text, vector }) => [text, [...vector]]))
  const store = new MemoryVectorStore({ embedQuery: async (text) => known.get(text) })
  let words
  return {
    async ingest() {
      const documents = corpus.texts.map((pageContent, number) => new Document({ pageContent, metadata: { number } }))
      await store.addVectors(
        corpus.vectors.map((vector) => [...vector]),
        documents,
      )
      words = BM25Retriever.fromDocuments(documents, { k: 100 })
    },
    async hybrid({ text }, limit) {
      const retrievers = [store.asRetriever(100), words]
      const found = await new EnsembleRetriever({ retrievers, weights: [0.5, 0.5] }).invoke(text)
      return found.slice(0, limit).map(({ metadata }) => metadata.number)
    },
    async vector({ vector }, limit) {
      const found = await store.similaritySearchVectorWithScore([...vector], limit)
      return found.map(([{ metadata }]) => metadata.number)
    },
  }
}
