import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** Sends a message to who opened a socket. */
export type SendMessage = (message: string | Uint8Array) => void

/** Answers the handshake of a WebSocket. Whatever comes from the other side ends it: these services only tell. */
export function openSocket({ headers }: IncomingMessage, socket: Duplex): SendMessage {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  const lines = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade']
  socket.write(`${[...lines, `sec-websocket-accept: ${accept}`].join('\r\n')}\r\n\r\n`)
  socket.on('data', () => socket.end())
  socket.on('end', () => socket.end())
  socket.on('error', () => {})
  return (message) => void socket.write(frame(message))
}

/** A whole message in one frame, as servers send it. */
function frame(message: string | Uint8Array): Buffer {
  const body = Buffer.from(message as Uint8Array)
  const kind = typeof message === 'string' ? 0x81 : 0x82
  const head = body.length < 126 ? Buffer.from([kind, body.length]) : Buffer.from([kind, 126, 0, 0])
  if (body.length >= 126) head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}
