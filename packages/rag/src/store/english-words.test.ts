import { expect, test } from 'vitest'
import { englishWords } from './english-words.ts'
import { memoryStore } from './memory/memory-store.ts'

test('forms of an English word are one, common words are none', async () => {
  const words = await englishWords()
  expect(words('The boundaries of a Heated boundary')).toEqual(['boundari', 'heat', 'boundari'])
  expect(words('Düsen und Flügel')).toEqual(['dusen', 'und', 'flugel'])
})

test('a store that cuts so finds what is said in another form', async () => {
  const store = memoryStore({ words: await englishWords() })
  const chunk = {
    id: '1',
    documentId: 'a',
    index: 0,
    hash: 'h',
    text: 'Heated wings',
    start: 0,
    end: 12,
    headings: [],
    metadata: {},
  }
  await store.put({ id: 'a', hash: 'h', chunks: 1, metadata: {}, added: '2026-01-01T00:00:00Z' }, [chunk], [undefined])
  expect((await store.searchText('how to heat a wing', { limit: 1 })).length).toBe(1)
  expect(await store.searchText('how to', { limit: 1 })).toEqual([])
})
