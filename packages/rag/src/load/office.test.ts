import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow, TextRun } from 'docx'
import { describe, expect, it } from 'vitest'
import { archive, book, presentation, workbook } from '../testing/office-files.ts'
import { load } from './load.ts'
import type { LoadOptions } from './loader.ts'

const one = async (id: string, bytes: Uint8Array, options?: LoadOptions) => (await load({ id, bytes }, options))[0]

const cell = (text: string) => new TableCell({ children: [new Paragraph(text)] })
const word = () =>
  Packer.toBuffer(
    new Document({
      title: 'Report',
      creator: 'A. Writer',
      sections: [
        {
          children: [
            new Paragraph({ text: 'Beginning', heading: HeadingLevel.HEADING_1 }),
            new Paragraph({
              children: [new TextRun('Some '), new TextRun({ text: 'bold', bold: true }), new TextRun(' text.')],
            }),
            new Paragraph({ text: 'Deeper', heading: HeadingLevel.HEADING_2 }),
            new Paragraph({ text: 'an item', bullet: { level: 0 } }),
            new Table({
              rows: [
                new TableRow({ children: [cell('Name'), cell('Age')] }),
                new TableRow({ children: [cell('Ann'), cell('3')] }),
              ],
            }),
          ],
        },
      ],
    }),
  )

describe('Word documents', () => {
  it('give text, headings, lists, tables and properties', async () => {
    const document = await one('a.docx', await word())
    expect(document?.text).toBe('Beginning\n\nSome bold text.\n\nDeeper\n\n- an item\n\nName | Age\nAnn | 3')
    expect(document?.headings?.map(({ level, title }) => [level, title])).toEqual([
      [1, 'Beginning'],
      [2, 'Deeper'],
    ])
    expect(document).toMatchObject({ title: 'Report', metadata: { author: 'A. Writer' } })
    expect(document?.created).toMatch(/^\d{4}-/)
  })

  it('are told from others by what is in them, not by their names', async () => {
    expect((await one('upload', await word()))?.mediaType).toMatch(/wordprocessingml/)
    expect((await one('wrong.pptx', await word()))?.mediaType).toMatch(/wordprocessingml/)
  })
})

describe('presentations', () => {
  it('give slides as pages in their order, with titles, tables and notes, without hidden ones', async () => {
    const document = await one('a.pptx', presentation())
    expect(document?.text).toBe(
      'Opening\n\nFirst & foremost\n\nFree text\nin two lines\n\nName | Age\nAnn | 3\n\nNotes: Say hello.',
    )
    expect(
      document?.pages?.map(({ label, start, end }) => [label, document.text.slice(start, end).slice(0, 9)]),
    ).toEqual([
      ['1', 'Opening\n\n'],
      ['2', 'Free text'],
    ])
    expect(document).toMatchObject({
      title: 'The deck',
      created: '2024-01-02T03:04:05.000Z',
      metadata: { author: 'A. Writer' },
    })
    expect(document?.headings).toEqual([{ level: 1, title: 'Opening', start: 0, end: 7 }])
  })
})

describe('workbooks', () => {
  it('give sheets as pages with the names of columns in every row', async () => {
    const document = await one('a.xlsx', workbook())
    expect(document?.text).toContain('People\n\nName: Ann & Bob | Born: 2024-02-03 | Height: 1.75 | Tall: true')
    expect(document?.pages?.map(({ label }) => label)).toEqual(['People', 'Empty'])
    expect(document?.title).toBe('The deck')
  })

  it('give rows as documents', async () => {
    const documents = await load({ id: 'a.xlsx', bytes: workbook() }, { records: { text: ['Name'] } })
    expect(documents).toHaveLength(1)
    expect(documents[0]).toMatchObject({
      id: 'a.xlsx#1',
      text: 'Ann & Bob',
      metadata: { sheet: 'People', Born: '2024-02-03', Height: 1.75, Tall: true },
    })
  })
})

describe('e-books', () => {
  it('give chapters as pages in the order of reading', async () => {
    const document = await one('a.epub', book())
    expect(document?.text).toBe('Début\n\nIl était une fois.\n\nFin\n\nIls vécurent\nheureux.')
    expect(document?.pages?.map(({ label }) => label)).toEqual(['Début', 'Fin'])
    expect(document?.headings?.map(({ start, end }) => document.text.slice(start, end))).toEqual(['Début', 'Fin'])
    expect(document).toMatchObject({
      title: 'A & B',
      language: 'fr',
      created: '2020-05-01T00:00:00.000Z',
      metadata: { author: 'A. Writer' },
    })
  })

  it('are refused when they are copy-protected', async () => {
    const locked = book({
      'META-INF/encryption.xml':
        '<encryption><EncryptedData><CipherData><CipherReference URI="OEBPS/text/a.xhtml"/></CipherData></EncryptedData></encryption>',
    })
    await expect(one('a.epub', locked)).rejects.toThrow(/copy-protected/)
  })
})

describe('hostile and broken archives', () => {
  const refused = (id: string, bytes: Uint8Array, options?: LoadOptions) =>
    expect(one(id, bytes, options)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(id),
    })

  it('are refused when they unpack to too much, before they are unpacked', async () => {
    const bomb = archive({ '[Content_Types].xml': '<Types/>', 'word/document.xml': new Uint8Array(50_000_000) })
    expect(bomb.length).toBeLessThan(100_000)
    await refused('bomb.docx', bomb, { maxText: 1_000_000 })
  })

  it('are refused or cut when they lie about their sizes', async () => {
    const bomb = archive({ '[Content_Types].xml': '<Types/>', 'word/document.xml': new Uint8Array(50_000_000) })
    const view = new DataView(bomb.buffer)
    for (let at = 0; at < bomb.length - 46; at++) {
      if (view.getUint32(at, true) === 0x02014b50 && view.getUint32(at + 24, true) === 50_000_000)
        view.setUint32(at + 24, 10, true)
    }
    await refused('liar.docx', bomb, { maxText: 1_000_000 })
  })

  it('do not expand entities that they declare', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`).join('')}]>`
    const text = `${bomb}<html><body><p>&j;</p><p>x</p></body></html>`
    const document = await one('a.epub', book({ 'OEBPS/text/a.xhtml': text }))
    expect(document?.text.length).toBeLessThan(1_000)
    await refused(
      'a.docx',
      archive({
        '[Content_Types].xml': '<Types/>',
        'word/document.xml': `${bomb}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`,
      }),
    )
  })

  it.each([
    ['cut.docx', async () => (await word()).subarray(0, 2_000)],
    ['cut.xlsx', async () => workbook().subarray(0, 900)],
    ['empty.docx', async () => archive({ 'word/document.xml': '' })],
    ['old.xls', async () => Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0])],
    ['no-slides.pptx', async () => archive({ '[Content_Types].xml': '<Types/>', 'ppt/presentation.xml': '<p/>' })],
    ['no-container.epub', async () => archive({ 'META-INF/container.xml': '<x/>' })],
    ['sheets.xlsx', async () => archive({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<workbook' })],
    [
      'deep.docx',
      async () => archive({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w:p>'.repeat(100_000) }),
    ],
  ])('%s is refused with its name', async (id, bytes) => refused(id, await bytes()))

  it('of other formats are no documents', async () => {
    await expect(one('a.zip', archive({ 'a.txt': 'x' }))).rejects.toMatchObject({ code: 'unsupported' })
  })
})
