import { codeWords } from '@anymodel/rag'
import { expect, test } from 'vitest'
import { askedOf, searchCode, sources } from './code-questions.ts'

test('functions of this repository are found better in chunks by grammar than in those by indentation', async () => {
  const documents = await sources(['rag', 'code'])
  const [before, after] = [await searchCode(documents, 'indentation'), await searchCode(documents, 'grammar')]
  expect(after.questions).toBeGreaterThan(100)
  expect(after.whole).toBe(1)
  expect(after.byName).toBeGreaterThan(before.byName + 0.05)
  expect(after.bySentence).toBeGreaterThan(before.bySentence - 0.02)
  const words = await searchCode(documents, 'grammar', { words: codeWords })
  expect(words.byWordsOfName).toBeGreaterThan(after.byWordsOfName + 0.1)
  expect(words.byName).toBeGreaterThan(after.byName - 0.03)
}, 60_000)

test('what is asked for stands where it is said to', async () => {
  const [document] = (await sources(['rag'])).filter(({ id }) => id === 'rag/split/pack.ts')
  const asked = document ? askedOf(document) : []
  expect(asked.map(({ name }) => name)).toContain('evenly')
  for (const { name, sentence, start, end } of asked) {
    const text = document?.text.slice(start, end)
    expect(text).toMatch(new RegExp(`^/\\*\\*[^]*function ${name}\\b[^]*\\}$`))
    expect(text?.replace(/\s+\*?\s*/g, ' ')).toContain(sentence.replace(/\s+/g, ' '))
  }
})
