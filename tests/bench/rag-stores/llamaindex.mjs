import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** LlamaIndex.TS: its simple vector store and its BM25 retriever; it has nothing that fuses the two, so that is done here. */
export async function open({ corpus, peer }) {
  const { load } = await import(pathToFileURL(join(peer, 'load.mjs')).href)
  const { SimpleVectorStore, SimpleDocumentStore, TextNode } = await load('llamaindex')
  // As an ES module it fails with "BM25 is not a function" (0.0.12).
  const { Bm25Retriever } = createRequire(join(peer, 'load.mjs'))('@llamaindex/bm25-retriever')
  // Vectors are given; without a model it refuses to be made.
  const embeddingModel = { getTextEmbedding: async () => [] }
  const store = new SimpleVectorStore({ embeddingModel })
  const documents = new SimpleDocumentStore()
  const words = new Bm25Retriever({ docStore: documents, topK: 100 })
  const near = async (vector, similarityTopK) => {
    const { ids } = await store.query({ queryEmbedding: [...vector], similarityTopK, mode: 'default' })
    return ids.map(Number)
  }
  return {
    async ingest() {
      const nodes = corpus.texts.map(
        (text, number) => new TextNode({ id_: String(number), text, embedding: [...corpus.vectors[number]] }),
      )
      await store.add(nodes)
      await documents.addDocuments(nodes, true)
    },
    async hybrid({ text, vector }, limit) {
      const byWords = (await words.retrieve({ query: text })).map(({ node }) => Number(node.id_))
      const scores = new Map()
      for (const list of [byWords, await near(vector, 100)])
        for (const [rank, number] of list.entries()) scores.set(number, (scores.get(number) ?? 0) + 1 / (60 + rank))
      return [...scores]
        .sort((a, b) => b[1] - a[1])
        .slice(0, limit)
        .map(([number]) => number)
    },
    vector: ({ vector }, limit) => near(vector, limit),
  }
}
