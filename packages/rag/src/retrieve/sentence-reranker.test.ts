import type { EmbeddingModel } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { sentenceReranker } from './sentence-reranker.ts'

const topics = ['harbour', 'wind', 'lamp']

/** Vectors by the words of three topics; a text with many has none of them clearly. */
const embedding: EmbeddingModel = {
  provider: 'test',
  id: 'topics',
  embed: async ({ values }) => ({
    embeddings: values.map((text) => Float32Array.from([...topics.map((topic) => text.split(topic).length - 1), 0.01])),
    usage: { input: values.length },
    warnings: [],
  }),
}

describe('sentenceReranker', () => {
  it('finds the document with the sentence that was asked for, however much stands around it', async () => {
    const documents = [
      'The wind and the lamp and the harbour are old. The wind and the harbour are far.',
      'The harbour opens at six. A lamp burns. The wind comes from the north.',
    ]
    const model = sentenceReranker(embedding)
    const { ranking, usage } = await model.rerank({ query: 'When does the harbour open?', documents })
    expect(ranking.map(({ index }) => index)).toEqual([1, 0])
    expect(usage.input).toBe(5)
  })

  it('keeps the order of documents that are alike, takes what is no sentence, and gives as many as asked for', async () => {
    const documents = ['harbour', 'harbour', '   ', 'harbour']
    const { ranking } = await sentenceReranker(embedding).rerank({ query: 'harbour', documents, limit: 3 })
    expect(ranking.map(({ index }) => index)).toEqual([0, 1, 3])
  })
})
