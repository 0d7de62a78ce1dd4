import type { EmbeddingModel } from '@anymodel/core'

/** An embedding model for tests: texts that share words are near each other. It records what it was asked. */
export function wordEmbedding(id = 'words', { fail }: { readonly fail?: (text: string) => Error | undefined } = {}) {
  const asked: string[] = []
  const model: EmbeddingModel = {
    provider: 'test',
    id,
    async embed({ values, signal }) {
      signal?.throwIfAborted()
      const error = values.map((value) => fail?.(value)).find(Boolean)
      if (error) throw error
      asked.push(...values)
      return { embeddings: values.map(vectorOf), usage: { input: values.length }, warnings: [] }
    },
  }
  return { ...model, asked }
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(64)
  vector[0] = 0.01
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    let place = 7
    for (const letter of word.replace(/s$/, '')) place = (place * 31 + letter.charCodeAt(0)) % 61
    vector[1 + place] = (vector[1 + place] as number) + 1
  }
  return vector
}
