import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { AnyModelError } from '@anymodel/core'
import type { HttpReply } from '@anymodel/core/http'
import { ask, persist } from './ask.ts'
import type { HubFile } from './listing.ts'
import type { Hub } from './options.ts'
import { takePart } from './part.ts'
import { watchdog } from './watchdog.ts'

export interface FileSource {
  readonly hub: Hub
  readonly repo: string
  readonly commit: string
}

/**
 * Downloads one file to `target`, which is there when it is whole and checked, and not before. What was downloaded earlier is gone on with. `onBytes` is told how many bytes of the file there are.
 */
export async function fetchFile(
  source: FileSource,
  file: HubFile,
  target: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const part = await takePart(target, file, onBytes, signal)
  if (!part) return onBytes(file.size)
  try {
    const handle = await open(part.path, 'r+')
    try {
      await fill(source, file, handle, onBytes, signal)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await settle(part.path, target, file)
  } finally {
    part.release()
  }
}

/** On Windows a file that somebody reads can't be replaced: that it is there is enough. */
async function settle(part: string, target: string, { size }: HubFile): Promise<void> {
  try {
    await rename(part, target)
  } catch (error) {
    if ((await stat(target).catch(() => undefined))?.size !== size) throw error
    await rm(part, { force: true })
  }
}

const enoughToGoOn = 1024 * 1024

/** Brings the file behind `handle` to its whole length and checks it; content that is wrong is fetched once more, from the start. */
async function fill(
  source: FileSource,
  file: HubFile,
  handle: FileHandle,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const bytes = new CheckedBytes(handle, file)
  await bytes.readBack()
  for (let second = false; ; second = true) {
    await persist(source.hub, signal, async (furtherThanBefore) => {
      const before = bytes.length
      try {
        if (before < file.size) await receive(source, file, bytes, onBytes, signal)
      } finally {
        if (bytes.length - before >= enoughToGoOn) furtherThanBefore()
      }
    })
    onBytes(bytes.length)
    const found = bytes.oid()
    if (found === file.oid) return
    await bytes.clear()
    if (second)
      throw new AnyModelError(
        'malformed',
        `${file.path} of ${source.repo} is not what the hub lists: its checksum is ${found} in place of ${file.oid}. A proxy or a mirror on the way may change files: try another endpoint.`,
        { retryable: false },
      )
  }
}

/** One request for what is missing. */
async function receive(
  { hub, repo, commit }: FileSource,
  file: HubFile,
  bytes: CheckedBytes,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { host } = new URL(hub.endpoint)
  const dog = watchdog(host, hub.patience, signal)
  let reply: HttpReply | undefined
  try {
    const path = `/${repo}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`
    const range = bytes.length > 0 ? { range: `bytes=${bytes.length}-` } : {}
    const headers = { 'accept-encoding': 'identity', ...range }
    reply = await ask(hub, { path, headers, repo, signal: dog.signal })
    const start = startOf(reply)
    if (start !== bytes.length) await bytes.clear()
    if (start !== bytes.length)
      throw new AnyModelError('malformed', `${host} does not send the part of ${file.path} that it was asked for.`)
    for (let chunk = await reply.body.next(); chunk; chunk = await reply.body.next()) {
      dog.touch()
      if (bytes.length + chunk.length > file.size) {
        await bytes.clear()
        throw new AnyModelError(
          'malformed',
          `${host} sends more of ${file.path} than the ${file.size} bytes that it lists.`,
        )
      }
      await bytes.add(chunk)
      onBytes(bytes.length)
    }
    if (bytes.length < file.size)
      throw new AnyModelError(
        'network',
        `The connection to ${host} ended after ${bytes.length} of ${file.size} bytes of ${file.path}.`,
      )
  } finally {
    dog.end()
    reply?.body.close()
  }
}

/** Where the bytes of an answer begin in the file. A server that does not know ranges sends everything; one that has less than was asked for says 416 and sends nothing. */
function startOf({ status, headers }: HttpReply): number | undefined {
  if (status !== 206) return status === 200 ? 0 : undefined
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN)
}

/** The bytes of a file so far, on disk and in the hash that they are checked with. */
class CheckedBytes {
  length = 0
  readonly #handle: FileHandle
  readonly #file: HubFile
  #hash: Hash

  constructor(handle: FileHandle, file: HubFile) {
    this.#handle = handle
    this.#file = file
    this.#hash = startHash(file)
  }

  /** Takes in what an earlier attempt left on disk. */
  async readBack(): Promise<void> {
    const buffer = Buffer.allocUnsafe(1024 * 1024)
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.length)
      if (bytesRead === 0) break
      this.#hash.update(buffer.subarray(0, bytesRead))
      this.length += bytesRead
    }
    if (this.length > this.#file.size) await this.clear()
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, from, chunk.length - from, this.length + from)
      from += bytesWritten
    }
    this.#hash.update(chunk)
    this.length += chunk.length
  }

  /** Back to nothing. */
  async clear(): Promise<void> {
    await this.#handle.truncate(0)
    this.#hash = startHash(this.#file)
    this.length = 0
  }

  /** What the bytes hash to. */
  oid(): string {
    return this.#hash.copy().digest('hex')
  }
}

/** Git hashes a blob with its kind and length in front. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
const startHash = ({ oid, size }: HubFile): Hash =>
  oid.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`)
