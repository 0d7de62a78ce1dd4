import { describe, expect, it } from 'vitest'
import { knowledge } from '../knowledge.ts'
import { codeWords } from './code-words.ts'
import { memoryStore } from './memory/memory-store.ts'

describe('the words of code', () => {
  it.each([
    ['readFile(path)', ['read', 'file', 'readfile', 'path']],
    ['read_file', ['read', 'file', 'readfile']],
    ['XMLParser', ['xml', 'parser', 'xmlparser']],
    ['__init__ sha256 _x A', ['init', 'sha256', 'x', 'a']],
    ['MAX_SIZE', ['max', 'size', 'maxsize']],
    ['straßenName über', ['straßen', 'name', 'straßenname', 'uber']],
    ['日本語 code', ['日本', '本語', 'code']],
    ['', []],
  ])('of %s', (text, expected) => {
    expect(codeWords(text)).toEqual(expected)
  })

  it('find a function by its words and by its name in another spelling', async () => {
    const kb = await knowledge({ store: memoryStore({ words: codeWords }) })
    await kb.add([
      { id: 'a', text: 'function fittingRuns() {}' },
      { id: 'b', text: 'function other() { return runs }' },
    ])
    for (const query of ['fitting runs', 'fitting_runs', 'fittingRuns'])
      expect((await kb.search(query))[0]?.chunk.documentId).toBe('a')
    await kb.close()
  })

  it('take no longer than a text is long', () => {
    for (const text of ['a'.repeat(500_000), '_'.repeat(500_000), 'aB'.repeat(250_000)]) {
      const began = performance.now()
      codeWords(text)
      expect(performance.now() - began).toBeLessThan(5_000)
    }
  })
})
