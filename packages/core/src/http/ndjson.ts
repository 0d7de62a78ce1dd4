import type { Framing, FramingEvents } from './sse.ts'

/** One JSON text per line. Blank lines are signs of life; a last line without its newline counts. */
export function ndjson(to: FramingEvents): Framing {
  const utf8 = new TextDecoder()
  let rest: string[] = []
  const line = (text: string) => {
    const trimmed = text.trim()
    if (trimmed) to.event(trimmed, undefined)
    else to.comment()
  }
  const feed = (text: string) => {
    let from = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      const tail = text.slice(from, at)
      line(rest.length > 0 ? rest.join('') + tail : tail)
      rest = []
      from = at + 1
    }
    if (from < text.length) rest.push(text.slice(from))
  }
  return {
    feed: (chunk) => feed(utf8.decode(chunk, { stream: true })),
    end: () => {
      feed(utf8.decode())
      if (rest.length > 0) line(rest.join(''))
      rest = []
    },
  }
}
