import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isAnyModelError } from '../errors.ts'
import { ByteQueue } from './byte-queue.ts'
import { sinkFor } from './byte-sink.ts'

const queue = () => new ByteQueue({ pause() {}, resume() {}, close() {} })

/** What a body is that arrives compressed, in chunks of so many bytes. */
async function decoded(encoding: string | undefined, bytes: Uint8Array, size: number): Promise<string> {
  const body = queue()
  const sink = sinkFor(encoding, body)
  for (let at = 0; at < bytes.length; at += size) sink.write(bytes.subarray(at, Math.min(bytes.length, at + size)))
  sink.end()
  return new TextDecoder().decode(await body.bytes(1e9))
}

const failure = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown)
  return isAnyModelError(error) ? error.code : error
}

const text = 'data: Zürich 🏔️\n\n'.repeat(20)
const encodings = {
  gzip: gzipSync(text),
  'x-gzip': gzipSync(text),
  deflate: deflateSync(text),
  br: brotliCompressSync(text),
}

describe('compressed bodies', () => {
  it.each(Object.entries(encodings))('%s comes out whole wherever the network cuts', async (encoding, bytes) => {
    for (let size = 1; size <= bytes.length; size++) expect(await decoded(encoding, bytes, size)).toBe(text)
  })

  it('no encoding, identity and odd spellings', async () => {
    for (const encoding of [undefined, '', 'identity', ' Identity '])
      expect(await decoded(encoding, Buffer.from(text), 7)).toBe(text)
    expect(await decoded('GZIP', encodings.gzip, 7)).toBe(text)
  })

  it('a large body, many times its compressed size, comes out whole', async () => {
    const large = 'x'.repeat(20_000_000)
    for (const [encoding, bytes] of [
      ['gzip', gzipSync(large)],
      ['br', brotliCompressSync(large, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ] as const)
      expect((await decoded(encoding, bytes, 1_000)).length).toBe(large.length)
  })

  it('what has come can be read before the body is over', async () => {
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
    const body = queue()
    const sink = sinkFor('gzip', body)
    gzip.on('data', (chunk: Uint8Array) => sink.write(chunk))
    gzip.write('data: one\n\n')
    gzip.flush()
    expect(new TextDecoder().decode(await body.next())).toBe('data: one\n\n')
    body.close()
  })

  it.each(Object.entries(encodings))('%s that is damaged or cut short is malformed', async (encoding, bytes) => {
    expect(await failure(decoded(encoding, Buffer.from(text), 7))).toBe('malformed')
    expect(await failure(decoded(encoding, bytes.subarray(0, bytes.length - 9), 7))).toBe('malformed')
  })

  it('an encoding that nobody knows is malformed, and the message names it', async () => {
    for (const encoding of ['zstd', 'gzip, br', 'aws-chunked']) {
      const error = await decoded(encoding, Buffer.from(text), 100).catch((thrown: unknown) => thrown)
      expect(isAnyModelError(error) && [error.code, error.message]).toEqual([
        'malformed',
        expect.stringContaining(encoding),
      ])
    }
  })

  it('a small body that would fill the memory waits for its reader', async () => {
    const body: ByteQueue = new ByteQueue({ pause: () => sink.pause(), resume: () => sink.resume(), close() {} })
    const sink = sinkFor('gzip', body)
    const bomb = gzipSync(Buffer.alloc(100_000_000), { level: 9 })
    sink.write(bomb)
    sink.end()
    let all = (await body.next())?.byteLength ?? 0
    for (let chunk = await body.next(); chunk; chunk = await body.next()) {
      expect(chunk.byteLength).toBeLessThan(1_000_000)
      all += chunk.byteLength
      if (all < 2_000_000) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(all).toBe(100_000_000)
  })
})
