import { describe, expect, it } from 'vitest'
import { load } from './load.ts'
import type { LoadOptions } from './loader.ts'

const loaded = (id: string, text: string, options: LoadOptions = {}) => load({ id, bytes: Buffer.from(text) }, options)
const one = async (id: string, text: string, options?: LoadOptions) => (await loaded(id, text, options))[0]

describe('JSON', () => {
  const value = {
    title: 'Shop',
    open: true,
    address: { street: 'Main', tags: ['a', 'b'] },
    items: [{ name: 'x', price: 1.5 }, 'loose'],
  }

  it('is lines of names and values, with paths as headings at their places', async () => {
    const document = await one('a.json', JSON.stringify(value))
    expect(document?.text).toBe(
      'title: Shop\nopen: true\n\naddress\nstreet: Main\ntags: a, b\n\nitems\n-: loose\n\nitems[0]\nname: x\nprice: 1.5',
    )
    expect(
      document?.headings?.map(({ level, title, start, end }) => [level, title, document.text.slice(start, end)]),
    ).toEqual([
      [1, 'address', 'address'],
      [1, 'items', 'items'],
      [2, 'items[0]', 'items[0]'],
    ])
    expect(document?.title).toBe('Shop')
  })

  it('gives each record as a document when asked', async () => {
    const records = JSON.stringify([
      { key: 'a', body: 'Text A', year: 2024, title: 'A' },
      { key: 'b', body: 'Text B', year: 2025, more: { x: 1 } },
    ])
    expect(await loaded('a.json', records, { records: { text: ['body'], id: 'key' } })).toEqual([
      { id: 'a', mediaType: 'application/json', text: 'Text A', title: 'A', metadata: { year: 2024, title: 'A' } },
      { id: 'b', mediaType: 'application/json', text: 'Text B', metadata: { year: 2025 } },
    ])
    expect((await loaded('a.json', records, { records: true })).map(({ id }) => id)).toEqual(['a.json#1', 'a.json#2'])
    await expect(loaded('a.json', '[{"k":1},{"k":1}]', { records: { id: 'k' } })).rejects.toThrow(/two records/)
  })

  it('reads lines and says which one is broken', async () => {
    const documents = await loaded('a.jsonl', '{"a":1}\r\n\n{"a":2}\n', { records: true })
    expect(documents.map(({ text }) => text)).toEqual(['a: 1', 'a: 2'])
    await expect(loaded('a.jsonl', '{"a":1}\n{"a"')).rejects.toThrow(/a\.jsonl is no JSON in line 2/)
  })

  it('refuses what is nested too deeply or too long as text', async () => {
    await expect(loaded('a.json', `${'['.repeat(50_000)}${']'.repeat(50_000)}`)).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await expect(loaded('a.json', `${'[{"a":'.repeat(200)}1${'}]'.repeat(200)}`)).rejects.toThrow(/nested/)
    await expect(loaded('a.json', '[{"a":1},{"a":2}]', { maxText: 18 })).rejects.toThrow(/maxText/)
  })

  it('keeps a name that objects have by themselves', async () => {
    const [document] = await loaded('a.json', '[{"__proto__":{"x":1},"a":"b"}]', { records: true })
    expect(document?.metadata).toEqual({ a: 'b' })
  })
})

describe('CSV', () => {
  it('names the column of every value', async () => {
    const document = await one('a.csv', 'name;note\nAnn;"one; ""two""\nlines"\n\nBob;\n')
    expect(document?.text).toBe('name: Ann | note: one; "two" lines\nname: Bob')
  })

  it('reads tabs, and rows as documents', async () => {
    const documents = await loaded('a.tsv', 'id\ttext\n1\tfirst\n2\tsecond\n', {
      records: { id: 'id', text: ['text'] },
    })
    expect(documents.map(({ id, text }) => [id, text])).toEqual([
      ['1', 'first'],
      ['2', 'second'],
    ])
  })

  it('takes an open quote as it comes, soon', async () => {
    const began = performance.now()
    await one('a.csv', `a,b\n"${'x,"'.repeat(200_000)}`)
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('gives an empty text for an empty file', async () => {
    expect((await one('a.csv', ''))?.text).toBe('')
  })
})
