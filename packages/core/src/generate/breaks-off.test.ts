import { describe, expect, it } from 'vitest'
import { encodePng } from '../png/index.ts'
import { breaksOff } from './breaks-off.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const uint32 = (value: number): Buffer =>
  latin1(String.fromCharCode(...[24, 16, 8, 0].map((by) => (value >>> by) & 255)))
const box = (name: string, bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length + 8), latin1(name), bytes])
const riff = (form: string, bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bytes.length + 4)
  return Buffer.concat([latin1('RIFF'), size, latin1(form), bytes])
}

const whole: Readonly<Record<string, Uint8Array>> = {
  PNG: encodePng({ width: 8, height: 8, data: new Uint8Array(192) }),
  JPEG: latin1(`\xff\xd8\xff\xe0${'x'.repeat(60)}\xff\xd9`),
  WebP: riff('WEBP', Buffer.alloc(40, 1)),
  WAV: riff('WAVE', Buffer.alloc(40, 1)),
  MP4: Buffer.concat([
    box('ftyp', latin1('isom\0\0\0\0')),
    box('moov', Buffer.alloc(30)),
    box('mdat', Buffer.alloc(80)),
  ]),
}

describe('breaksOff', () => {
  it.each(Object.entries(whole))('a whole %s does not, one that is cut does', (_name, bytes) => {
    expect(breaksOff(bytes)).toBe(false)
    expect(breaksOff(bytes.subarray(0, -5))).toBe(true)
    expect(breaksOff(bytes.subarray(0, bytes.length >> 1))).toBe(true)
  })

  it('what follows the end does not count', () => {
    for (const name of ['PNG', 'JPEG', 'WebP', 'MP4'])
      expect(breaksOff(Buffer.concat([whole[name] as Uint8Array, Buffer.alloc(20)]))).toBe(false)
  })

  it('a WAV file whose length is not known yet, and bytes of no format, do not', () => {
    const open = Buffer.from(whole.WAV as Uint8Array)
    open.writeUInt32LE(0xffffffff, 4)
    expect(breaksOff(open)).toBe(false)
    expect(breaksOff(latin1('some text that is no file'))).toBe(false)
    expect(breaksOff(new Uint8Array())).toBe(false)
  })

  it('sizes that lead nowhere do not hang it', () => {
    expect(breaksOff(Buffer.concat([box('ftyp', Buffer.alloc(8)), uint32(3), latin1('moov'), Buffer.alloc(9)]))).toBe(
      false,
    )
    const png = Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), uint32(0xffffffff), latin1('IDAT'), Buffer.alloc(9)])
    expect(breaksOff(png)).toBe(true)
  })
})
