import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { WireEvent } from '../wire/wire.ts'
import { seeded } from './random.ts'

/** How an answer is put into bytes. */
export interface Bytes {
  /** Bytes per write: a number, `event` (one write per event), `whole`, or random lengths from 1 to 40 by a seed. Default `event`. */
  readonly cut?: number | 'event' | 'whole' | { readonly seed: number }
  /** How lines of an event stream end. Default LF. */
  readonly newline?: '\n' | '\r\n' | '\r'
  /** Put a keep-alive comment before every event. */
  readonly comments?: boolean
  /** Compress the body, and say so. */
  readonly encoding?: 'gzip' | 'br' | 'deflate'
}

const encoders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }

/** The events of a stream as server-sent events, one text each. */
export function toLines(events: readonly WireEvent[], { newline = '\n', comments }: Bytes): string[] {
  return events.map(({ name, data }) => {
    const lines = [
      ...(comments ? [': keep-alive', ''] : []),
      ...(name === undefined ? [] : [`event: ${name}`]),
      ...data.split('\n').map((line) => `data: ${line}`),
      '',
      '',
    ]
    return lines.join(newline)
  })
}

/** The events of a stream as lines of JSON. A sign of life is a blank line. */
export const toJsonLines = (events: readonly WireEvent[], { comments }: Bytes): string[] =>
  events.map(({ data }) => `${comments ? '\n' : ''}${data}\n`)

/** The writes that a body goes out in. */
export function toWrites(pieces: readonly (string | Uint8Array)[], { cut = 'event', encoding }: Bytes): Buffer[] {
  const buffers = pieces.map((piece) => Buffer.from(piece as string))
  if (cut === 'event' && !encoding) return buffers
  const whole = Buffer.concat(buffers)
  const body = encoding ? encoders[encoding](whole) : whole
  if (cut === 'event' || cut === 'whole') return [body]
  const random = typeof cut === 'number' ? undefined : seeded(cut.seed)
  const writes: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const length = random ? 1 + Math.floor(random() * 40) : (cut as number)
    writes.push(body.subarray(at, at + length))
    at += length
  }
  return writes
}

/** The first `limit` bytes of some writes. */
export function firstBytes(writes: readonly Buffer[], limit: number): Buffer[] {
  const kept: Buffer[] = []
  let left = limit
  for (const write of writes) {
    if (left <= 0) break
    kept.push(write.subarray(0, left))
    left -= write.length
  }
  return kept
}
