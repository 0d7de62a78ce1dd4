import type { Document as Tree } from 'domhandler'
import type { Heading } from '../contract.ts'
import { broken, checkLength, reading } from './broken.ts'
import { documentOf, isoDate } from './document-of.ts'
import type { Loader } from './loader.ts'
import { markupText } from './markup-text.ts'
import { parseMarkup } from './parse-markup.ts'
import { elementsOf, parseXml, textOf } from './xml.ts'
import { type Entries, unzip } from './zip.ts'

/** What `loadEpub` does in its thread. */
export const readEpub: Loader = async (source, options) => {
  const { id } = source
  const entries = await unzip(id, source.bytes, /\.(?:x?html?|xml|opf|ncx)$/i, (options.maxText ?? 20_000_000) * 5)
  return reading(id, 'an e-book', async () => {
    const { path, tree } = await packageOf(id, entries)
    let text = ''
    const headings: Heading[] = []
    const pages: { label: string; start: number; end: number }[] = []
    const locked = await lockedPaths(entries)
    for (const chapter of chapterPaths(path, tree)) {
      if (locked.has(chapter))
        throw broken(id, 'is copy-protected: its text is encrypted. Use a book without protection.')
      const bytes = entries.get(chapter)
      if (!bytes) continue
      const part = markupText(
        await parseMarkup(new TextDecoder().decode(bytes), { xmlMode: /\.x(?:ht)?ml$/i.test(chapter) }),
      )
      if (part.text === '') continue
      const start = text.length === 0 ? 0 : (text += '\n\n').length
      text += part.text
      checkLength(id, text.length, options.maxText)
      headings.push(
        ...part.headings.map((heading) => ({ ...heading, start: heading.start + start, end: heading.end + start })),
      )
      pages.push({ label: part.headings[0]?.title ?? String(pages.length + 1), start, end: text.length })
    }
    if (text === '') throw broken(id, 'is an e-book without text.')
    const author = textOf(tree, 'creator')
    return [
      documentOf(source, 'application/epub+zip', {
        text,
        headings,
        pages,
        title: textOf(tree, 'title'),
        language: textOf(tree, 'language'),
        created: isoDate(textOf(tree, 'date')),
        metadata: author ? { author } : {},
      }),
    ]
  })
}

async function packageOf(id: string, entries: Entries): Promise<{ path: string; tree: Tree }> {
  const container = entries.get('META-INF/container.xml')
  const [root] = container ? elementsOf(await parseXml(container), 'rootfile') : []
  const path = root?.attribs['full-path'] ?? ''
  const bytes = entries.get(path)
  if (!bytes) throw broken(id, 'is no e-book: the list of its chapters is missing.')
  return { path, tree: await parseXml(bytes) }
}

function chapterPaths(path: string, tree: Tree): string[] {
  const items = new Map([...elementsOf(tree, 'item')].map(({ attribs }) => [attribs.id, attribs.href]))
  return [...elementsOf(tree, 'itemref')].flatMap(({ attribs }) => {
    const href = items.get(attribs.idref)
    return href && attribs.linear !== 'no'
      ? [decodeURIComponent(new URL(href, `file:///${path}`).pathname.slice(1))]
      : []
  })
}

/** Encrypted files of the book; fonts may be, chapters are with copy protection. */
async function lockedPaths(entries: Entries): Promise<ReadonlySet<string>> {
  const bytes = entries.get('META-INF/encryption.xml')
  if (!bytes) return new Set()
  return new Set(
    [...elementsOf(await parseXml(bytes), 'CipherReference')].map(({ attribs }) =>
      decodeURIComponent(attribs.URI ?? ''),
    ),
  )
}
