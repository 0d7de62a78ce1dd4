import zlib from 'node:zlib'
import { AnyModelError } from '../errors.ts'
import type { ByteQueue } from './byte-queue.ts'
import type { ByteSink } from './byte-sink.ts'

/** How each stream is made, told to hand over at once what it can. */
const makers = {
  gzip: () => zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
  'x-gzip': () => zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createInflate({ flush: zlib.constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
} as const

/** Writes what it is given to `body`, decompressed. An encoding that is not known fails the body. */
export function decompressor(encoding: string | string[], body: ByteQueue): ByteSink {
  const names = String(encoding)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'identity')
  const nothing = { pause() {}, resume() {}, close() {} }
  if (names.length === 0) return { write: (chunk) => body.push(chunk), end: () => body.end(), ...nothing }
  const make = names.length === 1 ? makers[names[0] as keyof typeof makers] : undefined
  if (!make) {
    const message = `The response is encoded as "${names.join(', ')}", which is not supported.`
    body.fail(new AnyModelError('malformed', message))
    return { write() {}, end() {}, ...nothing }
  }
  const stream = make()
  stream.on('data', (chunk: Uint8Array) => body.push(chunk))
  stream.on('end', () => body.end())
  stream.on('error', (cause) =>
    body.fail(new AnyModelError('malformed', 'The compressed response is damaged.', { cause })),
  )
  return {
    write: (chunk) => void stream.write(chunk),
    end: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    close: () => void stream.destroy(),
  }
}
