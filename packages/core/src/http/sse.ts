import { createParser } from 'eventsource-parser'
import { AnyModelError } from '../errors.ts'

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

/** Characters of one event; more is an attack or a mistake. Generated images and videos come in events of some ten million. */
const eventLimit = 128 * 1024 * 1024

/** Server-sent events, by the WHATWG specification, and what real servers do beyond it: a last event without its blank line counts, a comment in `data:` is a comment. An event of more than `limit` characters throws `malformed`. */
export function sse(to: FramingEvents, limit = eventLimit): Framing {
  const utf8 = new TextDecoder()
  const parser = createParser({
    onEvent: ({ data, event }) => {
      if (data === '' || data.charCodeAt(0) === 58) to.comment()
      else to.event(data, event)
    },
    onComment: () => to.comment(),
    onError: ({ type }) => {
      if (type !== 'max-buffer-size-exceeded') return
      throw new AnyModelError('malformed', `An event of the stream has more than ${limit} characters.`)
    },
    maxBufferSize: limit,
  })
  return {
    feed: (chunk) => parser.feed(utf8.decode(chunk, { stream: true })),
    end: () => parser.feed(`${utf8.decode()}\n\n`),
  }
}
