import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { drawn } from '../conformance/drawn.ts'

const portOf = async (server: net.Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const files = {
  picture: { type: 'image/png', body: drawn({ prompt: 'elsewhere' }) },
  video: { type: 'video/mp4', body: Buffer.from('\0\0\0\x10ftypisom\0\0\0\0') },
} as const

/** A host of files that is not the service's own: it has one for every path. `heads`: what it was asked with. */
export async function fileHost(kind: keyof typeof files) {
  const { type, body } = files[kind]
  const heads: IncomingHttpHeaders[] = []
  const server = createServer(({ headers }, response) => {
    heads.push(headers)
    response.setHeader('content-type', type).end(body)
  })
  return { url: `http://127.0.0.1:${await portOf(server)}`, heads, close: () => void server.close() }
}

/** A service that hangs up as soon as it has the beginning of a request's body. */
export async function hangsUp() {
  const server = net.createServer((socket) => {
    let bytes = 0
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > 65_536) socket.resetAndDestroy()
    })
  })
  return { url: `http://127.0.0.1:${await portOf(server)}`, close: () => void server.close() }
}
