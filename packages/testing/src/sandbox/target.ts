import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Aim } from './attack.ts'

/** What attacks aim at, and what they did to it. */
export interface Target {
  readonly aim: Aim
  /** Fails when anything of it was touched. */
  untouched(): Promise<void>
}

/** Lends a target: a file and a folder outside, a variable, servers that count, a process that counts signals. */
export async function withTarget<T>(use: (target: Target) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'anymodel-target-'))
  const secret = `secret-${randomBytes(8).toString('hex')}`
  const variable = `ANYMODEL_TARGET_${randomBytes(4).toString('hex').toUpperCase()}`
  const sleep = `${randomInt(100, 1_000)}.${randomInt(1_000, 9_000)}`
  const seen: string[] = []
  const tcp = counting(seen, 'a connection')
  const local = counting(seen, 'a connection to the local socket')
  const udp = createSocket('udp4').on('message', () => seen.push('a packet'))
  const signals = (['SIGWINCH', 'SIGUSR1'] as const).map((name) => [name, () => seen.push(name)] as const)
  try {
    const file = join(folder, 'file.txt')
    await writeFile(file, secret)
    await chmod(file, 0o644)
    const socket = join(folder, 'socket')
    await Promise.all([listening(tcp, { port: 0, host: '127.0.0.1' }), listening(local, { path: socket }), bound(udp)])
    process.env[variable] = secret
    for (const [name, count] of signals) process.on(name, count)
    const ports = { tcp: (tcp.address() as AddressInfo).port, udp: udp.address().port }
    const aim: Aim = { secret, variable, folder, file, ...ports, socket, pid: process.pid, sleep }
    const before = await stateOf(folder)
    return await use({ aim, untouched: () => checked(aim, before, seen) })
  } finally {
    for (const pid of await sleeping(sleep)) process.kill(pid, 'SIGKILL')
    delete process.env[variable]
    for (const [name, count] of signals) process.off(name, count)
    tcp.close()
    local.close()
    udp.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function checked(aim: Aim, before: string, seen: readonly string[]): Promise<void> {
  await wait(20)
  assert.deepEqual(seen, [], 'the host was reached')
  assert.equal(await stateOf(aim.folder), before, 'the folder outside was changed')
  const object: { anymodelPoisoned?: unknown } = {}
  const poisoned = object.anymodelPoisoned
  delete (Object.prototype as typeof object).anymodelPoisoned
  assert.equal(poisoned, undefined, 'a prototype of the host was poisoned')
  await noneLeft(aim.sleep)
}

/** Processes that a program started have a moment to die in. */
async function noneLeft(sleep: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await sleeping(sleep)).length === 0) return
    await wait(20)
  }
  assert.fail('processes of the program are left')
}

/** Processes of this machine that sleep for exactly so long. Only Linux shows them in files. */
async function sleeping(seconds: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, at) => lines[at] === `sleep\0${seconds}\0`).map(Number)
}

async function stateOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort()
  const states = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs, mode } = await stat(join(folder, name))
      return `${name} ${size} ${mtimeMs} ${mode}`
    }),
  )
  return states.join('\n')
}

const counting = (seen: string[], what: string): Server =>
  createServer((socket) => {
    seen.push(what)
    socket.on('error', () => {}).destroy()
  })

async function listening(server: Server, where: { port: number; host: string } | { path: string }): Promise<void> {
  server.listen(where)
  await once(server, 'listening')
}

async function bound(socket: Socket): Promise<void> {
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
}
