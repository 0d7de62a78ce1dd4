import { agent, type Transport } from './send.ts'

/** One message of a socket. */
export type SocketMessage = string | Uint8Array

export interface SocketRequest {
  /** `http:` or `https:`, or their `ws:` and `wss:`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Messages that wait for a slow reader; older ones are dropped. */
const mostWaiting = 64

/** What comes over a WebSocket, until one side closes it, it breaks, or `signal` aborts: that ends it, without an error. */
export async function* socketMessages(
  { url, headers, signal }: SocketRequest,
  { dispatcher, fetch }: Transport = {},
): AsyncGenerator<SocketMessage, undefined> {
  if (fetch) return undefined
  const { WebSocket } = await import('undici')
  const through = dispatcher ?? (await agent(false))
  if (signal.aborted) return undefined
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers: { ...headers }, dispatcher: through })
  socket.binaryType = 'arraybuffer'
  const waiting: SocketMessage[] = []
  let ended = false
  let wake = () => {}
  const end = () => {
    ended = true
    socket.close()
    wake()
  }
  socket.addEventListener('message', ({ data }) => {
    waiting.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
    if (waiting.length > mostWaiting) waiting.shift()
    wake()
  })
  socket.addEventListener('close', end)
  socket.addEventListener('error', end)
  signal.addEventListener('abort', end, { once: true })
  try {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) yield next
      else if (ended) return undefined
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', end)
    socket.close()
  }
}
