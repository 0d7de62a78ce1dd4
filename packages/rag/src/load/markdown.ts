import type { Document, Heading } from '../contract.ts'
import { trimmed } from '../split/graphemes.ts'
import { checkLength, reading } from './broken.ts'
import { decodeText } from './decode.ts'
import { documentOf, isoDate } from './document-of.ts'
import type { Loader } from './loader.ts'
import { asMetadata } from './plain-metadata.ts'

/** Markdown as it is written, without its front matter, which becomes title, dates, language and metadata. Headings are those of the syntax tree: `#` in code is none. */
export const loadMarkdown: Loader = async (source, { maxText }) => {
  const raw = decodeText(source.id, source.bytes, source.charset)
  checkLength(source.id, raw.length, maxText)
  const { fields, text } = await frontMatter(raw)
  const headings = await reading(source.id, 'Markdown', () => headingsOf(text))
  const { title, lang, language = lang, date, created = date, updated, modified = updated, ...others } = fields
  const first = headings[0]
  return [
    documentOf(source, 'text/markdown', {
      text,
      headings,
      title: asText(title) ?? (first?.level === 1 ? first.title : undefined),
      language: asText(language),
      created: isoDate(asText(created)),
      modified: isoDate(asText(modified)) ?? source.modified,
      metadata: asMetadata(others),
    } satisfies Partial<Record<keyof Document, unknown>> & { text: string }),
  ]
}

const asText = (value: unknown): string | undefined =>
  value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : undefined

/** A block between `---` lines at the very beginning. One that is no YAML object is part of the text. */
async function frontMatter(raw: string): Promise<{ fields: Record<string, unknown>; text: string }> {
  const match = /^---[ \t]*\r?\n([\s\S]{0,50000}?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(raw)
  if (!match) return { fields: {}, text: raw }
  const { parse } = await import('yaml')
  try {
    const fields: unknown = parse(match[1] ?? '', { maxAliasCount: 20 })
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return { fields: {}, text: raw }
    return { fields: fields as Record<string, unknown>, text: raw.slice(match[0].length) }
  } catch {
    return { fields: {}, text: raw }
  }
}

/** Only blocks are parsed, and then the headings' own text: emphasis and links in paragraphs cost the most time and are no headings. */
async function headingsOf(text: string): Promise<Heading[]> {
  const { default: markdownIt } = await import('markdown-it')
  const parser = markdownIt()
  parser.core.ruler.disable(['inline', 'linkify', 'replacements', 'smartquotes', 'text_join'])
  const titles = markdownIt()
  const ends = [...text.matchAll(/\r\n?|\n/g)].map(({ index, 0: end }) => index + end.length)
  const lines = [0, ...ends]
  const tokens = parser.parse(text, {})
  return tokens.flatMap((token, place) => {
    if (token.type !== 'heading_open' || token.level > 0 || !token.map) return []
    const span = trimmed(text, { start: lines[token.map[0]] ?? 0, end: lines[token.map[1]] ?? text.length })
    const [inline] = titles.parseInline((tokens[place + 1]?.content ?? '').slice(0, 1_000), {})
    const title = (inline?.children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('')
    return [{ level: Number(token.tag.slice(1)), title: title.trim(), ...span }]
  })
}
