import { createParser } from 'eventsource-parser'

/** Turns the bytes of a body into events, a network chunk at a time, synchronously. */
export interface Framing {
  feed(chunk: Uint8Array): void
  /** The body is over: what is still pending is handed on. */
  end(): void
}

export interface FramingEvents {
  /** One event. `name` is the `event:` field of SSE. */
  event(data: string, name: string | undefined): void
  /** The peer is alive but sent no event. */
  comment(): void
}

/** Server-sent events, by the WHATWG specification, and what real servers do beyond it: a last event without its blank line counts, a comment in `data:` is a comment. */
export function sse(to: FramingEvents): Framing {
  const utf8 = new TextDecoder()
  const parser = createParser({
    onEvent: ({ data, event }) => {
      if (data === '' || data.charCodeAt(0) === 58) to.comment()
      else to.event(data, event)
    },
    onComment: () => to.comment(),
  })
  return {
    feed: (chunk) => parser.feed(utf8.decode(chunk, { stream: true })),
    end: () => parser.feed(`${utf8.decode()}\n\n`),
  }
}
