export { mediaTypeMatches } from '../generate/fit.ts'
export { ByteQueue } from './byte-queue.ts'
export { goDuration, resetTime, secondsOrDate } from './reset-time.ts'
export { type Exchange, type HttpReply, type HttpRequest, send, type Transport } from './send.ts'

import type { Framing, FramingEvents } from './sse.ts'

export type { Framing, FramingEvents }

/** How the bytes of a stream become events, by format; loaded with the first stream, since whole answers do without. */
export const framings: Readonly<Record<'sse' | 'ndjson', () => Promise<(to: FramingEvents) => Framing>>> = {
  sse: async () => (await import('./sse.ts')).sse,
  ndjson: async () => (await import('./ndjson.ts')).ndjson,
}
