import type { Json } from '@anymodel/core'
import type { Heading } from '../contract.ts'
import { broken, checkLength, reading } from './broken.ts'
import { documentOf } from './document-of.ts'
import type { Loader } from './loader.ts'
import { type PageItem, pageText } from './pdf-page.ts'

const maxPages = 10_000

/** A PDF: the text of its pages in the order in which they are read, its outline as headings, title, dates and language. Throws for locked and damaged files, and for scanned ones without text. */
export const loadPdf: Loader = async (source, options) => {
  const { id } = source
  const { getDocumentProxy } = await import('unpdf')
  const pdf = await getDocumentProxy(Uint8Array.from(source.bytes), {
    verbosity: 0,
    isEvalSupported: false,
    disableFontFace: true,
  }).catch((error: Error) => {
    throw unreadable(id, error)
  })
  try {
    if (pdf.numPages > maxPages) throw broken(id, `has more than ${maxPages} pages: cut it into smaller files.`)
    let text = ''
    const pages: { label: string; start: number; end: number }[] = []
    const labels = await pdf.getPageLabels().catch(() => null)
    for (let number = 1; number <= pdf.numPages; number++) {
      options.signal?.throwIfAborted()
      const page = await reading(id, 'a PDF', () => pdf.getPage(number))
      const { items } = await reading(id, 'a PDF', () => page.getTextContent())
      const start = text.length === 0 ? 0 : (text += '\n\n').length
      text += pageText((items as PageItem[]).filter((item) => 'str' in item))
      pages.push({ label: labels?.[number - 1] || String(number), start, end: text.length })
      page.cleanup()
      checkLength(id, text.length, options.maxText)
    }
    if (text.trim() === '') throw broken(id, 'holds no text, only pictures of pages: recognise its text (OCR) first.')
    const { info } = (await pdf.getMetadata().catch(() => ({ info: {} }))) as { info: Record<string, unknown> }
    return [
      documentOf(source, 'application/pdf', {
        text,
        pages,
        headings: await outlineHeadings(pdf as never, text, pages),
        title: written(info.Title),
        language: written(info.Language),
        created: pdfDate(info.CreationDate),
        modified: pdfDate(info.ModDate) ?? source.modified,
        metadata: Object.fromEntries(
          (['Author', 'Subject', 'Keywords'] as const).flatMap((name): [string, Json][] => {
            const value = written(info[name])
            return value ? [[name.toLowerCase(), value]] : []
          }),
        ),
      }),
    ]
  } finally {
    await pdf.destroy()
  }
}

function unreadable(id: string, error: Error): Error {
  if (error.name === 'PasswordException') return broken(id, 'is locked by a password: save it without one.', error)
  return broken(
    id,
    `is no PDF that can be read (${error.message.slice(0, 150)}): open it in a PDF program and save it again.`,
    error,
  )
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

interface OutlineItem {
  readonly title: string
  readonly dest: string | readonly unknown[] | null
  readonly items: readonly OutlineItem[]
}

interface Outlined {
  getOutline(): Promise<readonly OutlineItem[] | null>
  getDestination(name: string): Promise<readonly unknown[] | null>
  getPageIndex(page: never): Promise<number>
}

const maxHeadings = 2_000

/** The entries of the outline whose titles stand on the pages that they lead to. */
async function outlineHeadings(
  pdf: Outlined,
  text: string,
  pages: readonly { start: number; end: number }[],
): Promise<Heading[]> {
  const headings: Heading[] = []
  let from = 0
  const walk = async (items: readonly OutlineItem[], level: number): Promise<void> => {
    for (const { title, dest, items: below } of items) {
      if (headings.length >= maxHeadings) return
      const page = pages[await pageOf(pdf, dest)]
      const at = page && title.trim() ? placeOf(title, text, Math.max(page.start, from), page.end) : undefined
      if (at) {
        headings.push({ level, title: title.replace(/\s+/g, ' ').trim(), ...at })
        from = at.end
      }
      if (level < 6) await walk(below, level + 1)
    }
  }
  await walk((await pdf.getOutline().catch(() => null)) ?? [], 1)
  return headings
}

async function pageOf(pdf: Outlined, dest: OutlineItem['dest']): Promise<number> {
  try {
    const place = typeof dest === 'string' ? await pdf.getDestination(dest) : dest
    return place?.[0] ? await pdf.getPageIndex(place[0] as never) : -1
  } catch {
    return -1
  }
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
