import { strToU8, zipSync } from 'fflate'

/** An archive of texts and bytes by path. */
export const archive = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? strToU8(content) : content]),
    ),
  )

const relations = (targets: Readonly<Record<string, readonly [type: string, target: string]>>): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${Object.entries(targets)
    .map(
      ([id, [type, target]]) =>
        `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`

const core = `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
  <dc:title>The deck</dc:title><dc:creator>A. Writer</dc:creator><dcterms:created>2024-01-02T03:04:05Z</dcterms:created></cp:coreProperties>`

const shape = (type: string, ...paragraphs: string[]): string =>
  `<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"/><p:nvPr>${type ? `<p:ph type="${type}"/>` : ''}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs
    .map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`)
    .join('')}</p:txBody></p:sp>`

const slide = (content: string, attributes = ''): string =>
  `<p:sld xmlns:p="p" xmlns:a="a" ${attributes}><p:cSld><p:spTree>${content}</p:spTree></p:cSld></p:sld>`

const table = `<p:graphicFrame><a:tbl>${[
  ['Name', 'Age'],
  ['Ann', '3'],
]
  .map(
    (row) =>
      `<a:tr>${row.map((cell) => `<a:tc><a:txBody><a:p><a:r><a:t>${cell}</a:t></a:r></a:p></a:txBody></a:tc>`).join('')}</a:tr>`,
  )
  .join('')}</a:tbl></p:graphicFrame>`

/** A presentation whose second slide file comes first, with notes, a table and a hidden slide. */
export const presentation = (): Uint8Array =>
  archive({
    '[Content_Types].xml': '<Types/>',
    'docProps/core.xml': core,
    'ppt/presentation.xml':
      '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="1" r:id="rId2"/><p:sldId id="2" r:id="rId1"/><p:sldId id="3" r:id="rId3"/></p:sldIdLst></p:presentation>',
    'ppt/_rels/presentation.xml.rels': relations({
      rId1: ['slide', 'slides/slide1.xml'],
      rId2: ['slide', '/ppt/slides/slide2.xml'],
      rId3: ['slide', 'slides/slide3.xml'],
    }),
    'ppt/slides/slide2.xml': slide(
      shape('ctrTitle', 'Opening') + shape('subTitle', 'First &amp; foremost') + shape('sldNum', '1'),
    ),
    'ppt/slides/slide1.xml': slide(shape('', 'Free text', 'in two lines') + table),
    'ppt/slides/slide3.xml': slide(shape('title', 'Hidden'), 'show="0"'),
    'ppt/slides/_rels/slide1.xml.rels': relations({ rId1: ['notesSlide', '../notesSlides/notesSlide1.xml'] }),
    'ppt/notesSlides/notesSlide1.xml': `<p:notes xmlns:p="p" xmlns:a="a">${shape('sldImg')}${shape('body', 'Say hello.')}</p:notes>`,
  })

const cells = (rows: readonly (readonly string[])[]): string =>
  `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows
    .map(
      (row, y) =>
        `<row r="${y + 1}">${row.map((cell, x) => cell.replace('<c', `<c r="${'ABCDEF'[x]}${y + 1}"`)).join('')}</row>`,
    )
    .join('')}</sheetData></worksheet>`

const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`

/** A workbook of two sheets with texts, a shared text, a number, a date, a truth value and a formula. */
export const workbook = (): Uint8Array =>
  archive({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    '_rels/.rels': relations({ rId1: ['officeDocument', 'xl/workbook.xml'] }),
    'docProps/core.xml': core,
    'xl/workbook.xml': `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="People" sheetId="1" r:id="rId1"/><sheet name="Empty" sheetId="2" r:id="rId2"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations({
      rId1: ['worksheet', 'worksheets/sheet1.xml'],
      rId2: ['worksheet', 'worksheets/sheet2.xml'],
      rId3: ['sharedStrings', 'sharedStrings.xml'],
      rId4: ['styles', 'styles.xml'],
    }),
    'xl/sharedStrings.xml': `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Ann &amp; Bob</t></si></sst>`,
    'xl/styles.xml': `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': cells([
      [text('Name'), text('Born'), text('Height'), text('Tall')],
      [
        '<c t="s"><v>0</v></c>',
        '<c s="1"><v>45325</v></c>',
        '<c><f>1+0.75</f><v>1.75</v></c>',
        '<c t="b"><v>1</v></c>',
      ],
    ]),
    'xl/worksheets/sheet2.xml': cells([]),
  })

/** A book of two chapters that are listed in another order than that of reading. */
export const book = (more: Readonly<Record<string, string>> = {}): Uint8Array =>
  archive({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
    'OEBPS/content.opf': `<package xmlns:dc="dc"><metadata><dc:title>A &amp; B</dc:title><dc:creator>A. Writer</dc:creator><dc:language>fr</dc:language><dc:date>2020-05-01</dc:date></metadata>
      <manifest><item id="b" href="text/b%20two.xhtml"/><item id="a" href="text/a.xhtml"/><item id="n" href="nav.xhtml"/></manifest>
      <spine><itemref idref="n" linear="no"/><itemref idref="a"/><itemref idref="b"/></spine></package>`,
    'OEBPS/nav.xhtml': '<html><body><nav>Contents</nav></body></html>',
    'OEBPS/text/a.xhtml':
      '<?xml version="1.0"?><html><head><title>x</title></head><body><h1>Début</h1><p>Il était une fois.</p></body></html>',
    'OEBPS/text/b two.xhtml': '<html><body><h1>Fin</h1><p>Ils vécurent<br/>heureux.</p></body></html>',
    ...more,
  })
