import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { HubFile } from './listing.ts'

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
/** Tells this process from an earlier one with the same number. */
const self = randomBytes(4).toString('hex')
const mine = new Set<string>()

const beat = 3_000
const dead = 15_000

/** A file that is being downloaded, by this process alone. */
export interface Part {
  readonly path: string
  /** Leaves it to whoever wants to go on. */
  release(): void
}

/**
 * Takes the unfinished file `target` for this process. A part is named by the hash of what it will be, and by its owner, so that nobody adds to a part of other content and no two write to one. An owner touches its part
 * every few seconds; one that was killed leaves a part that is taken over with what it holds. While somebody else is at it, waits and tells how far that is. Gives `undefined` when the file is there.
 */
export async function takePart(
  target: string,
  file: HubFile,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Part | undefined> {
  const prefix = prefixOf(target, file)
  const folder = dirname(target)
  await mkdir(folder, { recursive: true })
  for (;;) {
    signal.throwIfAborted()
    if ((await sizeOf(target)) === file.size) return undefined
    const held = (await partsOf(folder, prefix)).filter((part) => part.held)
    if (held.length > 0) {
      onBytes(Math.max(...held.map((part) => part.size)))
      await wait(200, undefined, { signal }).catch(() => signal.throwIfAborted())
      continue
    }
    const own = join(folder, `${prefix}${ownName()}`)
    mine.add(own)
    try {
      await (await open(own, 'wx')).close()
      // Of those who come at once, the one that was first goes on.
      const parts = await partsOf(folder, prefix)
      if (!parts.some((part) => part.held && part.path < own)) {
        await adopt(
          parts.filter((part) => !part.held),
          own,
        )
        return hold(own)
      }
      await rm(own, { force: true })
    } catch (error) {
      mine.delete(own)
      throw error
    }
    mine.delete(own)
  }
}

/** When, where and by whom a part was begun: names of earlier ones come first. */
const ownName = (): string =>
  `${Date.now().toString(36)}-${host}-${process.pid}-${self}-${randomBytes(2).toString('hex')}.part`

/** How much of a file is on the disk already, unfinished. */
export async function partBytes(target: string, file: HubFile): Promise<number> {
  const parts = await partsOf(dirname(target), prefixOf(target, file)).catch(() => [])
  return Math.max(0, ...parts.map(({ size }) => size))
}

const prefixOf = (target: string, { oid }: HubFile): string => `${basename(target)}.${oid.slice(0, 12)}.`

function hold(path: string): Part {
  const timer = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, beat)
  timer.unref()
  return {
    path,
    release() {
      clearInterval(timer)
      mine.delete(path)
    },
  }
}

/** Goes on with the longest part that was left behind. */
async function adopt(left: readonly Found[], own: string): Promise<void> {
  const [longest, ...others] = [...left].sort((a, b) => b.size - a.size)
  if (longest) await rename(longest.path, own).catch(() => {})
  for (const { path } of others) await rm(path, { force: true }).catch(() => {})
}

interface Found {
  readonly path: string
  readonly size: number
  /** Somebody is at it. */
  readonly held: boolean
}

async function partsOf(folder: string, prefix: string): Promise<Found[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith('.part'))
  const found = await Promise.all(names.map((name) => look(join(folder, name))))
  return found.filter((part) => part !== undefined)
}

async function look(path: string): Promise<Found | undefined> {
  const stats = await stat(path).catch(() => undefined)
  if (!stats) return undefined
  const [, of, pid, by] = /-([0-9a-f]+)-(\d+)-([0-9a-f]+)-[0-9a-f]+\.part$/.exec(path) ?? []
  const fresh = Date.now() - stats.mtimeMs < dead
  const held = by === self ? mine.has(path) : fresh && !(of === host && hasEnded(Number(pid)))
  return { path, size: stats.size, held }
}

function hasEnded(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

const sizeOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(() => undefined))?.size
