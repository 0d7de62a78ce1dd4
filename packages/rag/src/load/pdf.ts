import type { Json } from '@anymodel/core'
import type { Heading } from '../contract.ts'
import { broken, checkLength } from './broken.ts'
import { documentOf } from './document-of.ts'
import type { Loader } from './loader.ts'
import { pageText } from './pdf-page.ts'
import { type PdfFacts, readPdf } from './pdf-thread.ts'

/** A PDF: the text of its pages in the order in which they are read, its outline as headings, title, dates and language. Throws for locked and damaged files, for those that take too long, and for scanned ones without text. */
export const loadPdf: Loader = async (source, options) => {
  const { id } = source
  let text = ''
  const spans: { start: number; end: number }[] = []
  const facts = await readPdf(
    id,
    source.bytes,
    (items) => {
      const start = text.length === 0 ? 0 : (text += '\n\n').length
      text += pageText(items)
      spans.push({ start, end: text.length })
      checkLength(id, text.length, options.maxText)
    },
    options,
  )
  if (text.trim() === '') throw broken(id, 'holds no text, only pictures of pages: recognise its text (OCR) first.')
  const { info, labels, outline } = facts
  const author = (['Author', 'Subject', 'Keywords'] as const).flatMap((name): [string, Json][] => {
    const value = written(info[name])
    return value ? [[name.toLowerCase(), value]] : []
  })
  return [
    documentOf(source, 'application/pdf', {
      text,
      pages: spans.map((span, place) => ({ label: labels?.[place] || String(place + 1), ...span })),
      headings: headingsOf(outline, text, spans),
      title: written(info.Title),
      language: written(info.Language),
      created: pdfDate(info.CreationDate),
      modified: pdfDate(info.ModDate) ?? source.modified,
      metadata: Object.fromEntries(author),
    }),
  ]
}

const written = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() ? value.trim().slice(0, 1_000) : undefined

/** `D:20240203040506+01'00'` as ISO 8601. */
function pdfDate(value: unknown): string | undefined {
  const match =
    typeof value === 'string'
      ? /^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-]\d\d)'?(\d\d)?)?/.exec(value)
      : null
  if (!match) return undefined
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', zone, zoneMinutes = '00'] = match
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone ? `${zone}:${zoneMinutes}` : 'Z'}`)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** The entries of the outline whose titles stand on the pages that they lead to. */
function headingsOf(
  outline: PdfFacts['outline'],
  text: string,
  pages: readonly { start: number; end: number }[],
): Heading[] {
  let from = 0
  return outline.flatMap(({ title, level, page: place }) => {
    const page = pages[place]
    const at = page && title.trim() ? placeOf(title, text, Math.max(page.start, from), page.end) : undefined
    if (!at) return []
    from = at.end
    return [{ level, title: title.replace(/\s+/g, ' ').trim(), ...at }]
  })
}

/** Where a title stands, however its words are spaced. */
function placeOf(title: string, text: string, start: number, end: number): { start: number; end: number } | undefined {
  const words = title
    .trim()
    .slice(0, 300)
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const match = new RegExp(words.join('\\s+'), 'iu').exec(text.slice(start, end))
  return match ? { start: start + match.index, end: start + match.index + match[0].length } : undefined
}
