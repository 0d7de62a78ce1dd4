import type { AnyNode, Element, ParentNode } from 'domhandler'
import type { Heading } from '../contract.ts'

/** The text of a piece of HTML with its headings, as a reader sees it. */
export interface MarkupText {
  readonly text: string
  readonly headings: readonly Heading[]
}

const never = new Set(
  'script style template noscript svg math canvas iframe object embed audio video select textarea button input datalist dialog head title'.split(
    ' ',
  ),
)
const blocks = new Set(
  'address article aside blockquote body caption details dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
)
/** Blocks that follow their neighbours on the next line, without an empty one between. */
const close = new Set('li dd dt tr caption tbody thead tfoot'.split(' '))

/** True for what a page doesn't show, as its own markup says; style sheets are not read. */
export function isHidden({ name, attribs }: Element): boolean {
  const style = attribs.style ?? ''
  return (
    never.has(name) ||
    'hidden' in attribs ||
    attribs['aria-hidden'] === 'true' ||
    /(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:[a-z%;\s]|$)|opacity\s*:\s*0(?:[;\s]|$))/i.test(
      style,
    )
  )
}

/** Writes nodes as text: blocks apart by an empty line, list items with `- `, rows of tables as `a | b`, preformatted text as it stands. `skip` leaves out elements besides the hidden ones. */
export function markupText(root: ParentNode, skip: (element: Element) => boolean = () => false): MarkupText {
  const writer = textWriter()
  /** In a cell of a table, what else would be a block follows on the line. */
  const layOut = (gap: number, inCell: boolean): void =>
    inCell ? writer.add(gap ? ' ' : '', false) : writer.breakLine(gap)
  const write = (node: AnyNode, pre: boolean, inCell: boolean): void => {
    if (node.type === 'text') writer.add(node.data, pre)
    if (!('attribs' in node)) return
    if (isHidden(node) || skip(node)) return
    const { name } = node
    if (name === 'br') return layOut(1, inCell)
    if (name === 'img') return void (node.attribs.alt && writer.add(` ${node.attribs.alt} `, false))
    const gap = blocks.has(name) ? (close.has(name) ? 1 : 2) : 0
    layOut(gap, inCell)
    if (name === 'li') writer.mark('- ')
    if ((name === 'td' || name === 'th') && before(node)) writer.mark(' | ')
    const heading = /^h[1-6]$/.test(name) ? writer.openHeading(Number(name[1])) : undefined
    for (const child of node.children) write(child, pre || name === 'pre', inCell || name === 'td' || name === 'th')
    heading?.()
    layOut(gap, inCell)
  }
  for (const child of root.children) write(child, false, false)
  return writer.done()
}

const before = (cell: Element): boolean => {
  for (let node = cell.prev; node; node = node.prev) if ('attribs' in node && /^t[dh]$/.test(node.name)) return true
  return false
}

/** Collects text as it is laid out: white space is one space, breaks are made when more text comes. */
function textWriter() {
  const parts: string[] = []
  const headings: Heading[] = []
  let length = 0
  let gap = 0
  let space = false
  let fresh = true
  const put = (text: string): void => {
    parts.push(text)
    length += text.length
  }
  const settle = (): void => {
    if (length > 0 && gap > 0) put('\n'.repeat(gap))
    else if (space && !fresh) put(' ')
    gap = 0
    space = false
  }
  return {
    add(data: string, pre: boolean): void {
      if (pre) {
        if (data !== '') settle()
        put(data)
        fresh = data.endsWith('\n')
        return
      }
      const words = data.replace(/[\s\u200b\u00ad\ufeff]+/g, (run) => (/\s/.test(run) ? ' ' : ''))
      if (words.startsWith(' ')) space = true
      const trimmed = words.trim()
      if (trimmed === '') return
      settle()
      put(trimmed)
      fresh = false
      space = words.endsWith(' ')
    },
    /** A mark before what follows on the line. */
    mark(text: string): void {
      space = false
      settle()
      put(text)
      fresh = true
    },
    breakLine(lines: number): void {
      if (lines === 0) return
      gap = Math.max(gap, lines)
      space = false
      fresh = true
    },
    openHeading(level: number): () => void {
      settle()
      const start = length
      const from = parts.length
      return () => {
        const title = parts.slice(from).join('').replace(/\s+/g, ' ').trim()
        if (title) headings.push({ level, title, start, end: length })
      }
    },
    done: (): MarkupText => ({ text: parts.join(''), headings }),
  }
}
