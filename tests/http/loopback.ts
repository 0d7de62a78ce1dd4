import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo, type Server, type Socket } from 'node:net'

/** A server on a loopback port with the connections it has. */
export interface Loopback {
  readonly port: number
  readonly host: string
  readonly sockets: readonly Socket[]
  close(): Promise<void>
}

/** Starts any kind of server on a loopback port. */
export async function listen(server: Server): Promise<Loopback> {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    host: `127.0.0.1:${port}`,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const listenHttp = (handler: http.RequestListener): Promise<Loopback> => listen(http.createServer(handler))

/** Answers each connection's first bytes with whatever the handler writes. */
export const listenRaw = (handler: (socket: Socket) => void): Promise<Loopback> =>
  listen(net.createServer((socket) => void socket.once('data', () => handler(socket))))

/** Waits for a condition, polling; the test's timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}
