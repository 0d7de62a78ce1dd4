import { AnyModelError } from '../errors.ts'
import type { ByteQueue } from './byte-queue.ts'

interface ByteSink {
  write(chunk: Uint8Array): void
  end(): void
}

/** What to write a body's bytes to so that `body` receives them decompressed. */
export function decompressor(encoding: string | string[] | undefined, body: ByteQueue): ByteSink {
  const names = String(encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'identity')
  if (names.length === 0) return { write: (chunk) => body.push(chunk), end: () => body.end() }
  const name = names[0] as string
  if (names.length > 1 || !(name in makers)) {
    body.fail(
      new AnyModelError('malformed', `The response is encoded as "${names.join(', ')}", which is not supported.`),
    )
    return { write() {}, end() {} }
  }
  return new LazySink(name as keyof typeof makers, body)
}

const makers = {
  gzip: 'createGunzip',
  'x-gzip': 'createGunzip',
  deflate: 'createInflate',
  br: 'createBrotliDecompress',
} as const

/** zlib is loaded when a compressed body comes; what arrives before that waits. */
class LazySink implements ByteSink {
  #early: (Uint8Array | undefined)[] = []
  #stream: NodeJS.WritableStream | undefined

  constructor(name: keyof typeof makers, body: ByteQueue) {
    void import('node:zlib').then((zlib) => {
      const stream = zlib[makers[name]]({ flush: zlib.constants.Z_SYNC_FLUSH })
      stream.on('data', (chunk: Uint8Array) => body.push(chunk))
      stream.on('end', () => body.end())
      stream.on('error', (cause) =>
        body.fail(new AnyModelError('malformed', 'The compressed response is damaged.', { cause })),
      )
      this.#stream = stream
      for (const chunk of this.#early) chunk ? stream.write(chunk) : stream.end()
      this.#early = []
    })
  }

  write(chunk: Uint8Array): void {
    if (this.#stream) this.#stream.write(chunk as Buffer)
    else this.#early.push(chunk)
  }

  end(): void {
    if (this.#stream) this.#stream.end()
    else this.#early.push(undefined)
  }
}
