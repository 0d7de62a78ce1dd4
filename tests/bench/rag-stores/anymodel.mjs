import { statSync } from 'node:fs'
import { join } from 'node:path'
import { knowledge, sqliteStore } from '@anymodel/rag'
import { chunksPerDocument, dimensions } from '../rag-corpus.mjs'

/** A file, filled through the store with given vectors, searched through `knowledge()`. */
export async function open({ folder, corpus }) {
  const path = join(folder, 'kb.db')
  const store = sqliteStore(path)
  await store.open()
  const embedded = { model: 'bench/given', dimensions }
  const kb = await knowledge({ store: sqliteStore(path), embedding: givenVectors(corpus) })
  return {
    async ingest() {
      for (let from = 0; from < corpus.texts.length; from += chunksPerDocument) {
        const id = `d${from}`
        const texts = corpus.texts.slice(from, from + chunksPerDocument)
        const chunks = texts.map((text, index) => chunkOf(id, from + index, index, text))
        const document = { id, hash: id, chunks: chunks.length, metadata: {}, added: new Date().toISOString() }
        await store.put(document, chunks, corpus.vectors.slice(from, from + chunksPerDocument), embedded)
      }
      await store.close()
    },
    size: () => statSync(path).size,
    hybrid: async ({ text }, limit) => numbersOf(await kb.search(text, { mode: 'hybrid', limit })),
    vector: async ({ text }, limit) => numbersOf(await kb.search(text, { mode: 'vector', limit })),
    /** The whole pipeline: the same texts are cut, hashed, embedded by a model that costs nothing, and put into another file. */
    async pipeline() {
      const other = await knowledge({
        store: sqliteStore(join(folder, 'pipeline.db')),
        embedding: givenVectors(corpus),
        chunk: { size: 700, overlap: 0 },
      })
      const documents = []
      for (let from = 0; from < corpus.texts.length; from += chunksPerDocument)
        documents.push({ id: `d${from}`, text: corpus.texts.slice(from, from + chunksPerDocument).join('\n\n') })
      const before = performance.now()
      const { chunks } = await other.add(documents)
      return chunks / ((performance.now() - before) / 1000)
    },
    close: () => kb.close(),
  }
}

const numbersOf = (hits) => hits.map(({ chunk }) => Number(chunk.id))

const chunkOf = (documentId, number, index, text) => ({
  id: String(number),
  documentId,
  index,
  hash: String(number),
  text,
  start: index * 1000,
  end: index * 1000 + text.length,
  headings: [],
  metadata: {},
})

/** An embedding model that knows the vector of each question, and gives any other text one of the corpus. */
function givenVectors({ questions, vectors }) {
  const known = new Map(questions.map(({ text, vector }) => [text, vector]))
  let next = 0
  return {
    provider: 'bench',
    id: 'given',
    embed: async ({ values }) => ({
      embeddings: values.map((text) => known.get(text) ?? vectors[next++ % vectors.length]),
      usage: {},
      warnings: [],
    }),
  }
}
