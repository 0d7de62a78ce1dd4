import { describe, expect, it } from 'vitest'
import { imageSizeOf } from './image-size.ts'

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

const headers: Record<string, Uint8Array> = {
  PNG: bytes([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13], 'IHDR', [0, 0, 1, 64, 0, 0, 0, 200]),
  GIF: bytes('GIF89a', [64, 1, 200, 0]),
  'JPEG behind other segments': bytes(
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc4, 0, 3, 9],
    [0xff, 0xc2, 0, 11, 8, 0, 200, 1, 64],
  ),
  'lossy WebP': bytes('RIFF....WEBPVP8 ', [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 64, 1, 200, 0]),
  'lossless WebP': bytes('RIFF....WEBPVP8L', [0, 0, 0, 0, 0x2f, 0x3f, 0xc1, 0x31, 0]),
  'extended WebP': bytes('RIFF....WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0, 63, 1, 0, 199, 0, 0]),
}

describe('the size of a picture', () => {
  it.each(Object.entries(headers))('is read from the header of a %s', (_name, header) => {
    expect(imageSizeOf(header)).toEqual({ width: 320, height: 200 })
  })

  it.each(Object.entries(headers))('is unknown for a %s that is cut short, wherever', (_name, header) => {
    for (let length = 0; length < header.length - 2; length++)
      expect(imageSizeOf(header.subarray(0, length))).toBe(undefined)
  })

  it('is unknown for what is no picture', () => {
    expect(imageSizeOf(bytes('hello, this is a text that is long enough'))).toBe(undefined)
    expect(imageSizeOf(bytes([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe(undefined)
  })
})
