import type { Element, Document as Tree } from 'domhandler'
import type { Heading } from '../contract.ts'
import { broken, checkLength } from './broken.ts'
import { documentOf } from './document-of.ts'
import type { Loader } from './loader.ts'
import { checkedOffice, coreProperties } from './office.ts'
import { elementsOf, parseXml, textIn } from './xml.ts'
import type { Entries } from './zip.ts'

/** What `loadPptx` does in its thread. */
export const readPptx: Loader = async (source, options) => {
  const { entries } = await checkedOffice(
    source,
    /^(?:ppt\/(?:presentation|slides\/|notesSlides\/|_rels\/)|docProps\/core|\[Content_Types\]).*(?:xml|rels)$/,
    options,
  )
  const slides = await slidePaths(entries)
  if (slides.length === 0) throw broken(source.id, 'is no presentation: it has no slides.')
  let text = ''
  const headings: Heading[] = []
  const pages: { label: string; start: number; end: number }[] = []
  for (const [place, path] of slides.entries()) {
    const slide = await slideText(entries, path)
    if (!slide) continue
    const start = text.length === 0 ? 0 : (text += '\n\n').length
    if (slide.title) headings.push({ level: 1, title: slide.title, start, end: start + slide.title.length })
    text += [slide.title, slide.body, slide.notes && `Notes: ${slide.notes}`].filter(Boolean).join('\n\n')
    pages.push({ label: String(place + 1), start, end: text.length })
    checkLength(source.id, text.length, options.maxText)
  }
  const { modified = source.modified, title = headings[0]?.title, ...properties } = await coreProperties(entries)
  return [
    documentOf(source, 'application/vnd.openxmlformats-officedocument.presentationml.presentation', {
      ...properties,
      text,
      headings,
      pages,
      title,
      modified,
    }),
  ]
}

/** Targets of a part's relations by id and type. */
async function relations(
  entries: Entries,
  part: string,
): Promise<readonly { id: string; type: string; target: string }[]> {
  const bytes = entries.get(part.replace(/([^/]+)$/, '_rels/$1.rels'))
  if (!bytes) return []
  return [...elementsOf(await parseXml(bytes), 'Relationship')].map(({ attribs }) => ({
    id: attribs.Id ?? '',
    type: attribs.Type?.split('/').at(-1) ?? '',
    target: resolved(part, attribs.Target ?? ''),
  }))
}

/** A target relative to its part, as a path in the archive. */
const resolved = (part: string, target: string): string => new URL(target, `file:///${part}`).pathname.slice(1)

async function slidePaths(entries: Entries): Promise<string[]> {
  const main = entries.get('ppt/presentation.xml')
  if (!main) return []
  const targets = new Map((await relations(entries, 'ppt/presentation.xml')).map(({ id, target }) => [id, target]))
  return [...elementsOf(await parseXml(main), 'sldId')].flatMap(
    ({ attribs }) => targets.get(attribs['r:id'] ?? '') ?? [],
  )
}

async function slideText(entries: Entries, path: string) {
  const bytes = entries.get(path)
  if (!bytes) return undefined
  const tree = await parseXml(bytes)
  const [root] = elementsOf(tree, 'sld')
  if (root?.attribs.show === '0') return undefined
  const shapes = [...elementsOf(tree, ['sp', 'graphicFrame'])].filter(isShown)
  const titled = shapes.find((shape) => /^(?:ctrT|t)itle$/.test(placeholder(shape)))
  const title = titled && paragraphsOf(titled).join(' ').trim()
  const body = shapes.filter((shape) => shape !== titled && !/^(?:sldNum|dt|ftr|hdr)$/.test(placeholder(shape)))
  const notesPath = (await relations(entries, path)).find(({ type }) => type === 'notesSlide')?.target
  const notes = notesPath && entries.get(notesPath)
  return {
    title: title || undefined,
    body: body
      .map((shape) => blockText(shape))
      .filter(Boolean)
      .join('\n\n'),
    notes: notes && notesText(await parseXml(notes)),
  }
}

const isShown = (shape: Element): boolean => [...elementsOf(shape, 'cNvPr')][0]?.attribs.hidden !== '1'
const placeholder = (shape: Element): string => [...elementsOf(shape, 'ph')][0]?.attribs.type ?? ''

const paragraphsOf = (shape: Element): string[] =>
  [...elementsOf(shape, 'p')].map((paragraph) =>
    [...elementsOf(paragraph, ['t', 'br'])]
      .map((run) => (run.name.endsWith('br') ? '\n' : textIn(run)))
      .join('')
      .trim(),
  )

function blockText(shape: Element): string {
  const rows = [...elementsOf(shape, 'tr')]
  if (rows.length === 0) return paragraphsOf(shape).filter(Boolean).join('\n')
  return rows
    .map((row) => [...elementsOf(row, 'tc')].map((cell) => paragraphsOf(cell).join(' ').trim()).join(' | '))
    .join('\n')
}

const notesText = (tree: Tree): string =>
  [...elementsOf(tree, 'sp')]
    .filter((shape) => placeholder(shape) === 'body')
    .map(blockText)
    .filter(Boolean)
    .join('\n')
