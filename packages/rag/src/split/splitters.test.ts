import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chunk, Document, Heading, Splitter } from '../contract.ts'
import { loadMarkdown } from '../load/markdown.ts'
import { autoSplitter } from './auto.ts'
import { codeSplitter } from './code.ts'
import { headingSplitter } from './headings.ts'
import { hierarchicalSplitter } from './hierarchical.ts'
import { recursiveSplitter } from './recursive.ts'
import { sentenceSplitter } from './sentences.ts'

const texts = (chunks: readonly Chunk[]) => chunks.map(({ text }) => text)
const splitCode = async (text: string, options: Parameters<typeof codeSplitter>[0]) =>
  texts(await codeSplitter(options)({ id: 'x', text }))

const size = 40
const splitters: Readonly<Record<string, Splitter>> = {
  headings: headingSplitter({ size, overlap: 10 }),
  code: codeSplitter({ size }),
  sentences: sentenceSplitter({ size, overlap: 10 }),
  'single sentences': sentenceSplitter({ size, sentences: 1 }),
  hierarchical: hierarchicalSplitter({
    parent: headingSplitter({ size: size * 4 }),
    child: hierarchicalSplitter({ parent: sentenceSplitter({ size: size * 2 }), child: recursiveSplitter({ size }) }),
  }),
}

/** Texts of lines and sentences, with headings at some of them. */
const anyDocument: fc.Arbitrary<Document> = fc
  .array(
    fc.record({
      level: fc.option(fc.integer({ min: 1, max: 6 })),
      text: fc.oneof(
        fc.lorem({ maxCount: 8, mode: 'sentences' }),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('', '  if (x) {', '    return 1', '  }', '\tdef f():', '# comment', '日本語。漢字。', '🇩🇪🇫🇷🇮🇹'),
      ),
    }),
    { maxLength: 30 },
  )
  .map((lines) => {
    let text = ''
    const headings: Heading[] = []
    for (const line of lines) {
      if (line.level && line.text.trim()) {
        const start = text.length + line.text.length - line.text.trimStart().length
        headings.push({
          level: line.level,
          title: line.text.trim(),
          start,
          end: text.length + line.text.trimEnd().length,
        })
      }
      text += `${line.text}\n`
    }
    return { id: 'x', text, headings }
  })

describe.each(Object.entries(splitters))('the splitter by %s', (_, splitter) => {
  it('gives slices that cover the text but white space, in order, parents before children', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async (document) => {
        const chunks = await splitter(document)
        const { text } = document
        let covered = 0
        chunks.forEach(({ start, end, text: piece, parent }, place) => {
          expect(text.slice(start, end)).toBe(piece)
          expect(text.slice(covered, Math.max(covered, start)).trim()).toBe('')
          covered = Math.max(covered, end)
          if (parent === undefined) return
          const outer = chunks[parent] as Chunk
          expect(parent).toBeLessThan(place)
          expect(outer.start <= start && outer.end >= end).toBe(true)
        })
        expect(text.slice(covered).trim()).toBe('')
        const parents = new Set(chunks.map(({ parent }) => parent))
        const leaves = chunks.filter((_, place) => !parents.has(place))
        for (const leaf of leaves) expect([...leaf.text].length).toBeLessThanOrEqual(size * 2)
      }),
    )
  })

  it('takes no longer than the text is long on half a megabyte without anything to cut at', async () => {
    for (const text of ['x'.repeat(500_000), '  x\n'.repeat(100_000), ' x'.repeat(250_000)]) {
      const began = performance.now()
      await splitter({ id: 'x', text })
      expect(performance.now() - began).toBeLessThan(15_000)
    }
  }, 60_000)
})

describe('the heading splitter', () => {
  it('begins a chunk at every heading, and joins a heading with what stands under it', async () => {
    const text = `# Book\n\n## One\n\n${'First text. '.repeat(9)}\n\n## Two\n\nShort.\n\n## Three\n\n${'Long text. '.repeat(50)}`
    const [document] = await loadMarkdown({ id: 'a.md', bytes: Buffer.from(text) }, {})
    const chunks = (await headingSplitter({ size: 200, overlap: 20 })(document as Document)) as Chunk[]
    expect(chunks[0]?.text).toMatch(/^# Book\n\n## One\n\nFirst/)
    expect(chunks[1]).toMatchObject({ text: '## Two\n\nShort.', headings: ['Book', 'Two'] })
    expect(chunks.slice(2).map(({ headings }) => headings.at(-1))).toEqual(chunks.slice(2).map(() => 'Three'))
    expect(chunks.length).toBeGreaterThan(4)
    expect(chunks[2]?.text).toMatch(/^## Three/)
  })
})

describe('the code splitter', () => {
  it('keeps a function whole that fits, with its comment and decorator', async () => {
    const one = '# Adds.\n@cached\ndef add(a, b):\n    total = a + b\n\n    return total\n'
    const two = 'def sub(a, b):\n    return a - b\n'
    const text = `import os\nimport sys\n\n\n${one}\n\n${two}`
    expect(await splitCode(text, { size: one.length + 10 })).toEqual(['import os\nimport sys', one.trim(), two.trim()])
  })

  it('cuts a class that is too long between its methods', async () => {
    const method = (name: string) =>
      `  ${name}(value: string): void {\n    if (value) {\n      this.#x = '${'y'.repeat(40)}'\n    } else {\n      throw new Error(value)\n    }\n  }\n`
    const text = `/** A class. */\nexport class Thing {\n  #x = 1\n\n${['one', 'two', 'three'].map(method).join('\n')}}\n`
    const chunks = await splitCode(text, { size: 220 })
    expect(chunks).toHaveLength(3)
    for (const [place, name] of ['one', 'two', 'three'].entries()) {
      expect(chunks[place]).toContain(method(name).trim())
    }
  })

  it('never parts a function that fits, of this code base', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL('./pack.ts', import.meta.url), 'utf8')
    const functions = text.match(/^(?:export )?function [\s\S]*?^\}/gm) ?? []
    expect(functions.length).toBeGreaterThan(4)
    const chunks = await splitCode(text, { size: 1_200 })
    for (const code of functions.filter(({ length }) => length <= 1_200)) {
      expect(chunks.some((chunk) => chunk.includes(code))).toBe(true)
    }
  })
})

describe('the sentence splitter', () => {
  it('gives sentences one by one, or as many as fit', async () => {
    const text = 'Mr. X asked: "Is 3.5 enough?" It was. And then? Nothing!'
    const single = texts(await sentenceSplitter({ sentences: 1 })({ id: 'x', text, language: 'en' }))
    expect(single.slice(-3)).toEqual(['It was.', 'And then?', 'Nothing!'])
    expect(texts(await sentenceSplitter({ size: 30, overlap: 0 })({ id: 'x', text })).at(-1)).toBe(
      'It was. And then? Nothing!',
    )
    expect(() => sentenceSplitter({ sentences: 0 })({ id: 'x', text })).toThrow(/sentences is 0/)
  })

  it('takes a language tag that is none', async () => {
    expect(texts(await sentenceSplitter()({ id: 'x', text: 'One. Two.', language: 'no such tag' }))).toEqual([
      'One. Two.',
    ])
  })
})

describe('the hierarchical splitter', () => {
  it('gives large chunks with small ones under their headings', async () => {
    const text = `One\n\n${'Some words here. '.repeat(20)}`
    const document = { id: 'x', text, headings: [{ level: 1, title: 'One', start: 0, end: 3 }] }
    const chunks = await hierarchicalSplitter({
      parent: recursiveSplitter({ size: 200, overlap: 0 }),
      child: recursiveSplitter({ size: 60, overlap: 0 }),
    })(document)
    const parents = chunks.filter(({ parent }) => parent === undefined)
    expect(parents).toHaveLength(2)
    expect(chunks.filter(({ parent }) => parent === 0).length).toBeGreaterThan(2)
    expect(chunks.every(({ headings }) => headings[0] === 'One')).toBe(true)
  })
})

describe('the automatic splitter', () => {
  it('takes code as code, headings as headings and the rest as text', async () => {
    const text = 'def f():\n  return 1\n\ndef g():\n  return 2'
    const split = autoSplitter({ size: 24, overlap: 0 })
    const metadata = { programmingLanguage: 'python' }
    expect(texts(await split({ id: 'x', text, metadata }))).toEqual(['def f():\n  return 1', 'def g():\n  return 2'])
    const headings = [{ level: 1, title: 'return', start: 11, end: 17 }]
    expect(texts(await split({ id: 'x', text, headings }))[0]).toBe('def f():')
    expect(texts(await split({ id: 'x', text: 'just text' }))).toEqual(['just text'])
  })
})
