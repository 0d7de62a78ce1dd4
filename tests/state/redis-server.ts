import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface RedisServer {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Whether there is a Redis server to be started. */
export const hasRedis = await promisify(execFile)('redis-server', ['--version']).then(
  () => true,
  () => false,
)

/** What tests say that can't run without it. */
export const needsRedis = 'needs redis-server, which is not installed'

/** A Redis server of our own on a free loopback port, with nothing on disk. */
export async function startRedis(): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'anymodel-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const exit = once(server, 'exit')
  let log = ''
  for await (const chunk of server.stdout) {
    log += chunk
    if (log.includes('Ready to accept connections')) break
  }
  if (server.exitCode !== null) throw new Error(`redis-server did not start: ${log}`)
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: server.pid as number,
    async stop() {
      server.kill('SIGKILL')
      await exit
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
