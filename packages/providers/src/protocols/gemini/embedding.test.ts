import { expect, test } from 'vitest'
import { google } from '../../google.ts'

/** A model whose service keeps what it is asked and gives one vector per request. */
function asked(id: string) {
  const seen: { url?: string; body?: { requests: object[] } } = {}
  const fetch = (async (url: unknown, init?: { body?: unknown }) => {
    seen.url = String(url)
    seen.body = JSON.parse(String(init?.body))
    const embeddings = seen.body?.requests.map((_, at) => ({ values: [at, 0.5] }))
    return Response.json({ embeddings, usageMetadata: { promptTokenCount: 6 } })
  }) as typeof globalThis.fetch
  return { seen, model: google({ apiKey: 'key', fetch }).embedding(id) }
}

test('values become one batch, their vectors come in order', async () => {
  const { model, seen } = asked('gemini-embedding-001')
  const { embeddings, usage } = await model.embed({ values: ['a', 'b'], dimensions: 2, purpose: 'query' })
  expect(seen.url).toMatch(/\/v1beta\/models\/gemini-embedding-001:batchEmbedContents$/)
  expect(seen.body?.requests).toEqual(
    ['a', 'b'].map((text) => ({
      model: 'models/gemini-embedding-001',
      content: { parts: [{ text }] },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 2,
    })),
  )
  expect(embeddings).toEqual([Float32Array.of(0, 0.5), Float32Array.of(1, 0.5)])
  expect(usage.input).toBe(6)
})

test('models that take no task type are told by the text', async () => {
  const { model, seen } = asked('gemini-embedding-2')
  await model.embed({ values: ['a'], purpose: 'document' })
  expect(seen.body?.requests).toEqual([
    { model: 'models/gemini-embedding-2', content: { parts: [{ text: 'title: none | text: a' }] } },
  ])
})

test('an answer with too few vectors is an error', async () => {
  const fetch = (async () => Response.json({ embeddings: [] })) as unknown as typeof globalThis.fetch
  const model = google({ apiKey: 'key', fetch }).embedding('m')
  await expect(model.embed({ values: ['a'] })).rejects.toMatchObject({ code: 'malformed' })
})
