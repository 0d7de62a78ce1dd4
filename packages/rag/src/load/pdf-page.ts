/** A run of text on a page, as PDF.js gives it: `transform` holds its place, from the lower left corner. */
export interface PageItem {
  readonly str: string
  readonly hasEOL: boolean
  readonly transform: readonly number[]
  readonly width: number
  readonly height: number
}

/**
 * The runs of a page as lines and paragraphs, in the order in which the file draws them, which is the order of reading in what word processors write. A larger step down than a line makes a paragraph;
 * words that a hyphen parts at a line's end are joined.
 */
export function pageText(items: readonly PageItem[]): string {
  let text = ''
  let above: PageItem | undefined
  for (const item of items) {
    if (item.str === '' && !item.hasEOL) continue
    if (item.str !== '') {
      text += above ? between(above, item, text) : ''
      text += item.str
      above = item
    }
  }
  return text
    .replace(/(\p{Ll})[-\u2010\u00ad]\n(?=\p{Ll})/gu, '$1')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const placeOf = ({ transform }: PageItem) => ({ x: transform[4] ?? 0, y: transform[5] ?? 0 })

function between(above: PageItem, item: PageItem, text: string): string {
  const [from, to] = [placeOf(above), placeOf(item)]
  const size = Math.max(above.height, item.height, 1)
  const down = from.y - to.y
  if (Math.abs(down) < size * 0.4) {
    const gap = to.x - (from.x + above.width)
    return gap > size * 0.15 && !text.endsWith(' ') && !item.str.startsWith(' ') ? ' ' : ''
  }
  return down > size * 1.8 || down < -size * 2 ? '\n\n' : '\n'
}
