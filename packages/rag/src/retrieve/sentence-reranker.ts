import { cosineSimilarity, type EmbeddingModel, embedMany, type Given, type RerankModel } from '@anymodel/core'
import { sentenceSplitter } from '../split/sentences.ts'

/** How fast the order that search found loses its weight against a cosine. */
const fade = 10

/**
 * An embedding model as a rerank model: a document gains by its sentence that is nearest to the question, next to the place at which it came. The vector of a whole passage is the mean of much that was not asked for; this looks into the passages that were found.
 *
 * Costs a vector for every sentence. Scores are a cosine plus a share for the place, and compare within one ranking only.
 */
export function sentenceReranker(given: Given<EmbeddingModel>): RerankModel {
  const split = sentenceSplitter({ sentences: 1 })
  return {
    provider: 'sentences',
    id: typeof given === 'function' ? 'model' : given.id,
    async rerank({ query, documents, limit, signal }) {
      const sentences = await Promise.all(documents.map(async (text) => texts(await split({ id: '', text }), text)))
      const calling = { model: given, ...(signal && { signal }) }
      const asked = await embedMany({ ...calling, values: [query], purpose: 'query' })
      const read = await embedMany({ ...calling, values: sentences.flat(), purpose: 'document' })
      const [question = new Float32Array()] = asked.embeddings
      let at = 0
      const ranking = sentences.map((own, index) => {
        const vectors = read.embeddings.slice(at, (at += own.length))
        const nearest = Math.max(-1, ...vectors.map((vector) => cosineSimilarity(question, vector)))
        return { index, score: nearest + fade / (fade + index) }
      })
      ranking.sort((a, b) => b.score - a.score || a.index - b.index)
      return { ranking: ranking.slice(0, limit), usage: read.usage, warnings: read.warnings }
    },
  }
}

/** A document that is no sentence is one all the same. */
const texts = (chunks: readonly { readonly text: string }[], whole: string): string[] => {
  const found = chunks.map(({ text }) => text).filter((text) => text.trim() !== '')
  return found.length > 0 ? found : [whole]
}
