import { PDFDocument, PDFHexString, PDFName, StandardFonts } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { load } from './load.ts'
import type { LoadOptions } from './loader.ts'

const pdf = async (bytes: Uint8Array, id = 'a.pdf', options?: LoadOptions) => (await load({ id, bytes }, options))[0]

/** Two pages of lines, drawn line by line. */
async function written(pages: readonly (readonly string[])[]): Promise<PDFDocument> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (const lines of pages) {
    const page = document.addPage([400, 400])
    let y = 350
    for (const line of lines) {
      if (line) page.drawText(line, { x: 50, y, size: 12, font })
      y -= 15
    }
  }
  return document
}

describe('PDF files', () => {
  it('give lines, paragraphs and pages, title, author and dates', async () => {
    const document = await written([
      ['A heading', '', 'The first paragraph goes on in a sec-', 'ond line.', '', 'Another one.'],
      ['Page two'],
    ])
    document.setTitle('A paper')
    document.setAuthor('A. Writer')
    document.setCreationDate(new Date('2024-02-03T04:05:06Z'))
    const loaded = await pdf(await document.save())
    expect(loaded?.text).toBe('A heading\n\nThe first paragraph goes on in a second line.\n\nAnother one.\n\nPage two')
    expect(loaded?.pages?.map(({ label, start, end }) => [label, loaded.text.slice(start, end).slice(0, 9)])).toEqual([
      ['1', 'A heading'],
      ['2', 'Page two'],
    ])
    expect(loaded).toMatchObject({
      mediaType: 'application/pdf',
      title: 'A paper',
      created: '2024-02-03T04:05:06.000Z',
      metadata: { author: 'A. Writer' },
    })
  })

  it('are told by their first bytes', async () => {
    const bytes = await (await written([['x']])).save()
    expect((await pdf(bytes, 'download'))?.text).toBe('x')
  })

  it('leave the bytes as they are', async () => {
    const bytes = await (await written([['x']])).save()
    await pdf(bytes)
    expect(bytes.length).toBeGreaterThan(0)
    expect((await pdf(bytes))?.text).toBe('x')
  })

  it('are refused when they are locked by a password', async () => {
    const document = await written([['secret']])
    const { context } = document
    const noise = (length: number) => PDFHexString.of('5a'.repeat(length))
    const lock = { Filter: 'Standard', V: 1, R: 2, O: noise(32), U: noise(32), P: -4 }
    context.trailerInfo.Encrypt = context.register(context.obj(lock))
    context.trailerInfo.ID = context.obj([noise(16), noise(16)])
    await expect(pdf(await document.save({ useObjectStreams: false }))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'a.pdf is locked by a password: save it without one.',
    })
  })

  it('have the entries of their outline as headings where these stand on the page', async () => {
    const document = await written([
      ['Chapter one', '', 'Text.'],
      ['Chapter two', '', 'More text.'],
    ])
    const { context } = document
    const [outline, one, two] = [context.nextRef(), context.nextRef(), context.nextRef()]
    const entry = (title: string, page: number, more: object) =>
      context.obj({
        Title: PDFHexString.fromText(title),
        Parent: outline,
        Dest: [document.getPage(page).ref, 'Fit'],
        ...more,
      })
    context.assign(one, entry('Chapter  one', 0, { Next: two }))
    context.assign(two, entry('CHAPTER TWO', 1, { Prev: one }))
    context.assign(outline, context.obj({ Type: 'Outlines', First: one, Last: two, Count: 2 }))
    document.catalog.set(PDFName.of('Outlines'), outline)
    const loaded = await pdf(await document.save())
    expect(loaded?.headings?.map(({ title, start, end }) => [title, loaded.text.slice(start, end)])).toEqual([
      ['Chapter one', 'Chapter one'],
      ['CHAPTER TWO', 'Chapter two'],
    ])
  })

  it('are refused without text, damaged or cut', async () => {
    const empty = await PDFDocument.create()
    empty.addPage()
    await expect(pdf(await empty.save())).rejects.toThrow(/no text.*OCR/)
    await expect(pdf(Buffer.from('%PDF-1.7\nnothing of a PDF'))).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(pdf(Buffer.from('%PDF-1.7\n'))).rejects.toThrow(/a\.pdf is no PDF that can be read/)
  })

  /** A page that saves its state without end: the reader takes quadratic time for it. */
  async function endless(): Promise<Uint8Array> {
    const document = await written([['x']])
    const content = document.context.register(document.context.flateStream('q '.repeat(2_000_000)))
    document.getPage(0).node.set(PDFName.of('Contents'), content)
    return document.save()
  }

  it('are refused when they take too long, and the next one is read all the same', async () => {
    await expect(pdf(await endless(), 'a.pdf', { maxTime: 500 })).rejects.toThrow(
      /a\.pdf takes more than 500 ms.*maxTime/,
    )
    expect((await pdf(await (await written([['x']])).save()))?.text).toBe('x')
  })

  it('end with the reason of an abort', async () => {
    const controller = new AbortController()
    const reading = pdf(await endless(), 'a.pdf', { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 300)
    await expect(reading).rejects.toBe('enough')
  })

  it('are read beside each other, and refused when their text is too long', async () => {
    const files = await Promise.all(['one', 'two', 'three'].map(async (text) => (await written([[text]])).save()))
    expect((await Promise.all(files.map((bytes) => pdf(bytes)))).map((document) => document?.text)).toEqual([
      'one',
      'two',
      'three',
    ])
    await expect(pdf(files[2] as Uint8Array, 'a.pdf', { maxText: 3 })).rejects.toThrow(/maxText/)
  })
})
