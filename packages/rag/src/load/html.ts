import type { Element, Document as Tree } from 'domhandler'
import { checkLength, reading } from './broken.ts'
import { decodeText } from './decode.ts'
import { documentOf, isoDate } from './document-of.ts'
import type { Loader } from './loader.ts'
import { isHidden, markupText } from './markup-text.ts'
import { parseMarkup } from './parse-markup.ts'

/** A web page as the text of its main part: without navigation, forms, scripts, and what is hidden by its markup. Title, headings, language, dates, author and description come from the page. */
export const loadHtml: Loader = async (source, { maxText }) => {
  const markup = decodeText(source.id, source.bytes, source.charset ?? declaredCharset(source.bytes))
  checkLength(source.id, markup.length, maxText)
  return reading(source.id, 'HTML', async () => {
    const { DomUtils } = await import('htmlparser2')
    const tree = await parseMarkup(markup)
    const named = (name: string): Element | undefined => DomUtils.getElementsByTagName(name, tree, true, 1)[0]
    const meta = metaOf(DomUtils.getElementsByTagName('meta', tree, true, 200))
    const heading = named('h1')
    const title = meta['og:title'] ?? titleText(named('title')) ?? titleText(heading)
    return [
      documentOf(source, 'text/html', {
        ...markupText(mainPart(tree, DomUtils.findOne), isFurniture),
        title,
        language: named('html')?.attribs.lang ?? meta['content-language'],
        created: isoDate(meta['article:published_time'] ?? meta.date),
        modified: isoDate(meta['article:modified_time'] ?? meta['last-modified']) ?? source.modified,
        metadata: {
          ...(meta.author ? { author: meta.author } : {}),
          ...(meta.description ? { description: meta.description } : {}),
        },
      }),
    ]
  })
}

const titleText = (element: Element | undefined): string | undefined =>
  element && (element.name === 'title' ? rawText(element) : markupText(element).text)
const rawText = ({ children }: Element): string => children.map((child) => ('data' in child ? child.data : '')).join('')

/** What `<meta charset>` says, which stands in the first kilobyte. */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 1_024))
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1]
}

function metaOf(elements: readonly Element[]): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {}
  for (const { attribs } of elements) {
    const name = (attribs.property ?? attribs.name ?? attribs['http-equiv'])?.toLowerCase()
    if (name && attribs.content) found[name] ??= attribs.content.slice(0, 1_000)
  }
  return found
}

/** `<main>`, or the only article, or the whole page. */
function mainPart(
  tree: Tree,
  findOne: (test: (element: Element) => boolean, nodes: Tree['children']) => Element | null,
) {
  const shown = (test: (element: Element) => boolean) =>
    findOne((element) => test(element) && !isHidden(element) && markupText(element).text.length > 0, tree.children)
  const article = shown(({ name }) => name === 'article')
  const main = shown(({ name, attribs }) => name === 'main' || attribs.role === 'main')
  const onlyArticle =
    article &&
    !findOne((element) => element.name === 'article' && element !== article && !within(element, article), tree.children)
  return main ?? (onlyArticle ? article : undefined) ?? tree
}

function within(element: Element, outer: Element): boolean {
  for (let node = element.parent; node; node = node.parent) if (node === outer) return true
  return false
}

const furnitureRoles = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'menu', 'dialog'])

/** What stands around the content of a page. A header or footer in an article belongs to it. */
function isFurniture({ name, attribs, parent }: Element): boolean {
  if (name === 'nav' || name === 'form' || furnitureRoles.has(attribs.role ?? '')) return true
  if (name !== 'header' && name !== 'footer' && name !== 'aside') return false
  for (let node = parent; node; node = node.parent) {
    if ('name' in node && (node.name === 'article' || node.name === 'main')) return false
  }
  return true
}
