export { mediaTypeMatches } from '../generate/fit.ts'
export { ByteQueue } from './byte-queue.ts'
export type { Downloaded, DownloadOptions } from './download.ts'
export { type Poll, type PollOptions, poll } from './poll.ts'
export { goDuration, resetTime, secondsOrDate } from './reset-time.ts'
export { type Exchange, type HttpReply, type HttpRequest, send, type Transport } from './send.ts'

import type { Downloaded, DownloadOptions } from './download.ts'
import type { Transport } from './send.ts'
import type { SocketMessage, SocketRequest } from './socket.ts'
import type { Framing, FramingEvents } from './sse.ts'

/** Fetches a file: http and https only, no credentials, redirects checked like the first address, size bounded; nothing from private addresses unless that is allowed. Loaded with the first file. */
export const download = async (url: URL, options?: DownloadOptions, signal?: AbortSignal): Promise<Downloaded> =>
  (await import('./download.ts')).download(url, options, signal)

export type { Framing, FramingEvents, SocketMessage, SocketRequest }

/** What comes over a WebSocket, until one side closes it, it breaks, or `signal` aborts: that ends it, without an error. Of messages that nobody has read yet the latest 64 stay. Nothing with a `fetch` of the caller's. Loaded with the first socket. */
export async function* socketMessages(
  request: SocketRequest,
  transport?: Transport,
): AsyncGenerator<SocketMessage, undefined> {
  yield* (await import('./socket.ts')).socketMessages(request, transport)
}

/** How the bytes of a stream become events, by format; loaded with the first stream, since whole answers do without. */
export const framings: Readonly<Record<'sse' | 'ndjson', () => Promise<(to: FramingEvents) => Framing>>> = {
  sse: async () => (await import('./sse.ts')).sse,
  ndjson: async () => (await import('./ndjson.ts')).ndjson,
}
