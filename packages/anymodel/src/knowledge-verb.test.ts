import { memoryStore } from '@anymodel/rag'
import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { anymodel } from './client.ts'

const quote = 'The warranty of the pump lasts for two years'
const documents = [
  { id: 'pump', text: `${quote} from the day of purchase.`, metadata: { team: 'a' } },
  { id: 'filter', text: 'The filter has to be changed every six months.', metadata: { team: 'b' } },
]
const claim = JSON.stringify({ elements: [{ sourceId: '1', quote, claim: 'It lasts for two years.' }] })
const question = 'How long is the warranty of the pump?'

/** An embedding model that knows pumps from filters. */
const embedding = {
  provider: 'test',
  id: 'two',
  embed: async ({ values }: { readonly values: readonly string[] }) => ({
    embeddings: values.map((text) => Float32Array.of(Number(/pump/.test(text)), Number(/filter/.test(text)), 0.1)),
    usage: {},
    warnings: [],
  }),
}

const rerank = {
  provider: 'test',
  id: 'last-first',
  rerank: async ({ documents: given }: { readonly documents: readonly string[] }) => ({
    ranking: given.map((_, at) => ({ index: given.length - 1 - at, score: 1 / (at + 1) })),
    usage: {},
    warnings: [],
  }),
}

test('roles play every part of knowledge: vectors, answers, judges, orders', async () => {
  const [chat, judge] = [mockModel(claim), mockModel('{"value":"yes"}')]
  const ai = await anymodel({ config: { providers: {}, models: { chat, judge, embedding, rerank } } })
  const kb = await ai.knowledge({ store: memoryStore() })
  await kb.add(documents)
  expect((await kb.search('pump', { limit: 2 })).map(({ chunk }) => chunk.documentId)).toEqual(['pump', 'filter'])
  const turned = await kb.search('pump', { limit: 2, rerank: 'rerank' })
  expect(turned.map(({ chunk }) => chunk.documentId)).toEqual(['filter', 'pump'])
  const { answer, citations } = await kb.ask({ question, judge: 'judge', search: { limit: 1 } })
  expect([answer, citations[0]?.documentId, judge.calls.length]).toEqual(['It lasts for two years.', 'pump', 1])
  const stream = kb.streamAsk({ question, model: 'judge' })
  await expect(stream.result).rejects.toMatchObject({ code: 'invalid-output' })
  await ai.close()
})

test('a view of the client’s knowledge sees what it may, by name as well', async () => {
  const ai = await anymodel({ config: { providers: {}, models: { chat: mockModel(claim), embedding } } })
  const kb = await ai.knowledge({ store: memoryStore() })
  await kb.add(documents)
  expect(await kb.as({ team: 'a' }).ask({ question })).toMatchObject({ answered: true })
  const { passages, answered } = await kb.as({ team: 'b' }).ask({ question })
  expect([passages.map(({ documentId }) => documentId), answered]).toEqual([['filter'], false])
  await ai.close()
})

test('a name that leads nowhere is an error of the call', async () => {
  const ai = await anymodel({ config: { providers: {}, models: { embedding } } })
  await expect(ai.knowledge({ store: memoryStore(), embedding: 'nobody' })).rejects.toMatchObject({ code: 'config' })
  const kb = await ai.knowledge({ store: memoryStore() })
  await kb.add(documents)
  await expect(kb.ask({ question })).rejects.toMatchObject({ code: 'config' })
  await ai.close()
})
