import { describe, expect, it } from 'vitest'
import { load } from './load.ts'

const bytes = (...parts: (number[] | string | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : [...part])))
const textOf = async (content: Uint8Array, charset?: string) =>
  (await load({ id: 'a.txt', bytes: content, charset }))[0]?.text

describe('plain text', () => {
  it('is read in the encoding that it is in', async () => {
    expect(await textOf(bytes('grün €'))).toBe('grün €')
    expect(await textOf(bytes([0xef, 0xbb, 0xbf], 'grün'))).toBe('grün')
    expect(await textOf(bytes([0xff, 0xfe], Buffer.from('grün', 'utf16le')))).toBe('grün')
    expect(await textOf(bytes([0xfe, 0xff], Buffer.from('grün', 'utf16le').swap16()))).toBe('grün')
    expect(await textOf(bytes(Buffer.from('green', 'utf16le')))).toBe('green')
    expect(await textOf(bytes([0x67, 0x72, 0xfc, 0x6e, 0x20, 0x80]))).toBe('grün €')
    expect(await textOf(bytes([0xea, 0xee, 0xf2]), 'windows-1251')).toBe('кот')
    expect(await textOf(bytes([0x67, 0x72, 0xfc]), 'no-such-charset')).toBe('grü')
  })

  it('is refused when it is no text', async () => {
    const noise = Uint8Array.from({ length: 4_000 }, (_, at) => (at * 7_919 + (at >> 3)) % 256)
    await expect(textOf(noise)).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(textOf(bytes('a\0b'))).rejects.toThrow(/a\.txt is no text/)
  })

  it('that is code has its path as title, and the language that its name shows', async () => {
    const [document] = await load({ id: 'src/a.py', bytes: bytes('x = 1') })
    expect(document).toMatchObject({ title: 'src/a.py', metadata: { programmingLanguage: 'python' } })
    expect((await load({ id: 'a.txt', bytes: bytes('x = 1') }))[0]).not.toHaveProperty('title')
  })

  it('has a longest length', async () => {
    await expect(load({ id: 'a.txt', bytes: bytes('12345') }, { maxText: 4 })).rejects.toThrow(/maxText/)
  })
})

describe('Markdown', () => {
  const markdown = async (text: string) => (await load({ id: 'a.md', bytes: bytes(text) }))[0]

  it('has the headings of its syntax at their places, and none that only look like it', async () => {
    const text = '# One *two* [three](x)\n\n```\n# code\n```\n\nSetext\n------\n\n> # quoted\n\n### `deep` ###\n'
    const document = await markdown(text)
    expect(document?.text).toBe(text)
    expect(document?.title).toBe('One two three')
    expect(document?.headings?.map(({ level, title, start, end }) => [level, title, text.slice(start, end)])).toEqual([
      [1, 'One two three', '# One *two* [three](x)'],
      [2, 'Setext', 'Setext\n------'],
      [3, 'deep', '### `deep` ###'],
    ])
  })

  it('takes front matter as metadata and leaves it out of the text', async () => {
    const document = await markdown(
      '---\ntitle: From above\ndate: 2024-02-03\nlang: de\ntags: [a, b]\nnested: {x: 1}\n---\nText\n',
    )
    expect(document).toEqual({
      id: 'a.md',
      mediaType: 'text/markdown',
      text: 'Text\n',
      title: 'From above',
      created: '2024-02-03T00:00:00.000Z',
      language: 'de',
      metadata: { tags: ['a', 'b'] },
    })
  })

  it('keeps what only looks like front matter', async () => {
    expect((await markdown('---\nno: [closed\n---\nText'))?.text).toBe('---\nno: [closed\n---\nText')
    expect((await markdown('---\njust text\n---\n'))?.text).toContain('just text')
  })

  it.each([
    ['quotes in quotes', '>'.repeat(300_000)],
    ['lists in lists', '- '.repeat(150_000)],
    ['open brackets', '['.repeat(300_000)],
    ['stars', '*a_ '.repeat(75_000)],
    ['open code', '`a``b'.repeat(60_000)],
    ['headings', '# a\n'.repeat(75_000)],
    ['a heading', `# ${'*a_['.repeat(75_000)}`],
    [
      'aliases',
      `---\na: &a [x, x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*${n ? `b${n - 1}` : 'a'}, *${n ? `b${n - 1}` : 'a'}]\n`).join('')}---\n`,
    ],
  ])('is read or refused soon with many %s', async (_, text) => {
    const began = performance.now()
    await markdown(text).catch((error: { code: string }) => expect(error.code).toBe('invalid-argument'))
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})
