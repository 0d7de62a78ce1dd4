import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chunk, Document } from '../contract.ts'
import { recursiveSplitter } from './recursive.ts'

const split = (text: string, options: Parameters<typeof recursiveSplitter>[0], more: Partial<Document> = {}) =>
  recursiveSplitter(options)({ id: 'x', text, ...more }) as readonly Chunk[]

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const begins = (text: string) => new Set([...graphemes.segment(text)].map(({ index }) => index)).add(text.length)

/** Texts with what goes wrong: marks, pairs, flags, joined emoji, all line ends, scripts without spaces. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        ' ',
        '\n',
        '\r\n',
        '\n\n',
        '. ',
        ' \u0301',
        '🇩🇪🇫🇷',
        '👩‍👩‍👧‍👦',
        'e\u0301',
        '日本語。',
        'ภาษาไทย',
        '\u0600 ',
        'word ',
      ),
    ),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(''))

describe('the recursive splitter', () => {
  it('gives chunks that are slices of the text, cover all of it but white space and keep the size', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), fc.nat(29), (text, size, most) => {
        const overlap = Math.min(most, Math.ceil(size / 2) - 1)
        const chunks = split(text, { size, overlap })
        const edges = begins(text)
        let covered = 0
        for (const { start, end, text: piece } of chunks) {
          expect(text.slice(start, end)).toBe(piece)
          expect(piece.length <= size || [...graphemes.segment(piece)].length === 1).toBe(true)
          expect(piece).not.toBe('')
          expect(text.slice(covered, Math.max(covered, start)).trim()).toBe('')
          expect(end).toBeGreaterThan(covered)
          expect([edges.has(start), edges.has(end)]).toEqual([true, true])
          covered = end
        }
        expect(text.slice(covered).trim()).toBe('')
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the size as a counter tells it', () => {
    const count = (text: string) => text.match(/\w+|[^\w\s]/g)?.length ?? 0
    fc.assert(
      fc.property(fc.lorem({ maxCount: 200 }), fc.integer({ min: 3, max: 40 }), (text, size) => {
        const chunks = split(text, { size, overlap: 1, count })
        for (const chunk of chunks) expect(count(chunk.text)).toBeLessThanOrEqual(size)
      }),
    )
  })

  it('keeps whole what fits and cuts the rest into pieces of like size', () => {
    const short = 'A paragraph that fits.'
    const long = Array.from({ length: 30 }, (_, n) => `Sentence number ${n} says something.`).join(' ')
    const chunks = split(`${short}\n\n${long}\n\n${short}`, { size: 400, overlap: 0 })
    expect(chunks[0]?.text.startsWith(`${short}\n\nSentence number 0`)).toBe(true)
    for (const { text } of chunks) expect(text).toMatch(/\.$/)
    const lengths = chunks.map(({ text }) => text.length)
    expect(Math.min(...lengths)).toBeGreaterThan(200)
  })

  it('repeats whole words of the chunk before, up to the overlap', () => {
    const text = Array.from({ length: 200 }, (_, n) => `word${n}`).join(' ')
    const chunks = split(text, { size: 100, overlap: 20 })
    chunks.slice(1).forEach((chunk, place) => {
      const before = chunks[place] as Chunk
      const shared = before.end - chunk.start
      expect(shared).toBeGreaterThan(5)
      expect(shared).toBeLessThanOrEqual(20)
      expect(chunk.text).toMatch(/^word\d+ /)
    })
  })

  it('names the headings and the page of a chunk', () => {
    const text = 'One\nfirst text\n\nTwo\nsecond text'
    const two = text.indexOf('Two')
    const chunks = split(
      text,
      { size: 16, overlap: 0 },
      {
        headings: [
          { level: 1, title: 'One', start: 0, end: 3 },
          { level: 2, title: 'Two', start: two, end: two + 3 },
        ],
        pages: [
          { label: 'p1', start: 0, end: two },
          { label: 'p2', start: two, end: text.length },
        ],
      },
    )
    expect(chunks.map(({ headings, page }) => [headings, page])).toEqual([
      [['One'], 'p1'],
      [['One', 'Two'], 'p2'],
    ])
  })

  it.each([
    ['one word', 'a'.repeat(1_000_000)],
    ['spaces', ' '.repeat(1_000_000)],
    ['line ends', '\n'.repeat(1_000_000)],
    ['marks', `a${'\u0301'.repeat(1_000_000)}`],
    ['flags', '🇩🇪'.repeat(250_000)],
    ['ideographs', '漢字'.repeat(500_000)],
    ['words', 'word '.repeat(200_000)],
    ['lines without sentences', `${'x'.repeat(2_000)}\n\n`.repeat(500)],
    ['full stops', '. '.repeat(500_000)],
    ['spaces with an end', `${' '.repeat(500_000)}a${' '.repeat(500_000)}`],
  ])('a megabyte of %s takes no longer than it is long', (_, text) => {
    const began = performance.now()
    const chunks = split(text, {})
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(chunks.length).toBeLessThan(3_000)
  })

  it('refuses sizes that cannot be kept', () => {
    for (const options of [{ size: 0 }, { size: 1.5 }, { size: 10, overlap: 5 }, { overlap: -1 }]) {
      expect(() => split('text', options)).toThrowError(expect.objectContaining({ code: 'invalid-argument' }))
    }
  })

  it('gives no chunk for a text of white space', () => {
    expect(split(' \n\t ', {})).toEqual([])
  })
})
