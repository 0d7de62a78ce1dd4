import type { Transform } from 'node:stream'
import { AnyModelError } from '../errors.ts'
import type { ByteQueue } from './byte-queue.ts'

/** Where the bytes of a body go. It makes more of them than it gets: pausing the connection alone would not bound the memory. */
export interface ByteSink {
  write(chunk: Uint8Array): void
  end(): void
  pause(): void
  resume(): void
  /** What is still inside is not wanted any more. */
  close(): void
}

const plain = { pause() {}, resume() {}, close() {} }

/** What to write a body's bytes to so that `body` receives them decompressed. */
export function decompressor(encoding: string | string[] | undefined, body: ByteQueue): ByteSink {
  const plainly = { write: (chunk: Uint8Array) => body.push(chunk), end: () => body.end(), ...plain }
  if (!encoding) return plainly
  const names = String(encoding)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'identity')
  if (names.length === 0) return plainly
  const name = names[0] as string
  if (names.length > 1 || !(name in makers)) {
    body.fail(
      new AnyModelError('malformed', `The response is encoded as "${names.join(', ')}", which is not supported.`),
    )
    return { ...plain, write() {}, end() {} }
  }
  return new LazySink(name as keyof typeof makers, body)
}

/** What makes the stream, and how it is told to hand over at once what it can: Brotli has its own name for that. */
const makers = {
  gzip: ['createGunzip', 'Z_SYNC_FLUSH'],
  'x-gzip': ['createGunzip', 'Z_SYNC_FLUSH'],
  deflate: ['createInflate', 'Z_SYNC_FLUSH'],
  br: ['createBrotliDecompress', 'BROTLI_OPERATION_FLUSH'],
} as const

/** zlib is loaded when a compressed body comes; what arrives before that waits. */
class LazySink implements ByteSink {
  #early: (Uint8Array | undefined)[] = []
  #stream: Transform | undefined
  #paused = false
  #closed = false

  constructor(name: keyof typeof makers, body: ByteQueue) {
    void import('node:zlib').then((zlib) => {
      const [make, flush] = makers[name]
      const stream = zlib[make]({ flush: zlib.constants[flush] })
      stream.on('data', (chunk: Uint8Array) => body.push(chunk))
      stream.on('end', () => body.end())
      stream.on('error', (cause) =>
        body.fail(new AnyModelError('malformed', 'The compressed response is damaged.', { cause })),
      )
      this.#stream = stream
      if (this.#paused) stream.pause()
      if (this.#closed) stream.destroy()
      for (const chunk of this.#early) chunk ? stream.write(chunk) : stream.end()
      this.#early = []
    })
  }

  write(chunk: Uint8Array): void {
    if (this.#stream) this.#stream.write(chunk)
    else this.#early.push(chunk)
  }

  end(): void {
    if (this.#stream) this.#stream.end()
    else this.#early.push(undefined)
  }

  pause(): void {
    this.#paused = true
    this.#stream?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#stream?.resume()
  }

  close(): void {
    this.#closed = true
    this.#early = []
    this.#stream?.destroy()
  }
}
