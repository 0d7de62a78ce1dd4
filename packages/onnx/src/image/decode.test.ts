import { crc32, deflateSync } from 'node:zlib'
import { decodePng, encodePng } from '@anymodel/core/png'
import { encode as encodeJpeg } from 'jpeg-js'
import { describe, expect, it } from 'vitest'
import { decode } from './decode.ts'
import type { Picture } from './picture.ts'

const picture = (width: number, height: number): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37 + (i >> 3) * 11) & 255),
})

interface Raw {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly interlace?: number
  /** Filter bytes and pixels, not packed. */
  readonly lines: readonly number[]
  readonly palette?: readonly number[]
  readonly transparency?: readonly number[]
}

const chunk = (type: string, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length)
  head.write(type, 4, 'latin1')
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])))
  return Buffer.concat([head, body, tail])
}

/** A PNG file by hand. */
function png({ width, height, depth, colour, interlace = 0, lines, palette, transparency }: Raw): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([depth, colour, 0, 0, interlace], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk('tRNS', Uint8Array.from(transparency))] : []),
    chunk('IDAT', deflateSync(Uint8Array.from(lines))),
    chunk('IEND', new Uint8Array()),
  ])
}

const pixels = (raw: Raw, ground = 255): number[] => [...decodePng(png(raw), ground).data]

describe('PNG', () => {
  it.each([
    [1, 1],
    [7, 5],
    [64, 64],
  ])('of %i x %i goes there and back', (width, height) => {
    expect(decodePng(encodePng(picture(width, height)), 0)).toEqual(picture(width, height))
  })

  it('undoes all five filters', () => {
    // Lines of two pixels; every one comes to 10 20 30, 12 22 32 by its own rule.
    const lines = [
      ...[0, 10, 20, 30, 12, 22, 32],
      ...[1, 10, 20, 30, 2, 2, 2],
      ...[2, 0, 0, 0, 0, 0, 0],
      ...[3, 5, 10, 15, 1, 1, 1],
      ...[4, 0, 0, 0, 0, 0, 0],
    ]
    const line = [10, 20, 30, 12, 22, 32]
    expect(pixels({ width: 2, height: 5, depth: 8, colour: 2, lines })).toEqual([
      ...line,
      ...line,
      ...line,
      ...line,
      ...line,
    ])
  })

  it.each<[string, Raw, number[]]>([
    ['grey of one bit', { width: 2, height: 1, depth: 1, colour: 0, lines: [0, 0b01000000] }, [0, 0, 0, 255, 255, 255]],
    ['grey of four bits', { width: 2, height: 1, depth: 4, colour: 0, lines: [0, 0x3f] }, [51, 51, 51, 255, 255, 255]],
    ['grey of sixteen bits', { width: 1, height: 1, depth: 16, colour: 0, lines: [0, 0x80, 0xff] }, [128, 128, 128]],
    ['colours of sixteen bits', { width: 1, height: 1, depth: 16, colour: 2, lines: [0, 1, 0, 2, 0, 3, 0] }, [1, 2, 3]],
    [
      'a palette',
      { width: 2, height: 1, depth: 2, colour: 3, lines: [0, 0b01000000], palette: [1, 2, 3, 4, 5, 6] },
      [4, 5, 6, 1, 2, 3],
    ],
    [
      'a palette with a clear colour',
      { width: 1, height: 1, depth: 8, colour: 3, lines: [0, 0], palette: [1, 2, 3], transparency: [0] },
      [255, 255, 255],
    ],
    [
      'a clear colour',
      { width: 1, height: 1, depth: 8, colour: 2, lines: [0, 1, 2, 3], transparency: [0, 1, 0, 2, 0, 3] },
      [255, 255, 255],
    ],
    ['grey, half clear', { width: 1, height: 1, depth: 8, colour: 4, lines: [0, 0, 51] }, [204, 204, 204]],
    ['colours, half clear', { width: 1, height: 1, depth: 8, colour: 6, lines: [0, 255, 0, 0, 51] }, [255, 204, 204]],
  ])('reads %s', (_what, raw, expected) => {
    expect(pixels(raw)).toEqual(expected)
  })

  it('puts interlaced pixels where they belong', () => {
    // 3 x 3: the first pass has one pixel, then 0, 0, one of the third column, two of the third row, one and two between, the second row.
    const lines = [0, 11, 0, 13, 0, 31, 33, 0, 12, 0, 32, 0, 21, 22, 23]
    const grey = pixels({ width: 3, height: 3, depth: 8, colour: 0, interlace: 1, lines }).filter((_, i) => i % 3 === 0)
    expect(grey).toEqual([11, 12, 13, 21, 22, 23, 31, 32, 33])
  })

  it('shows the ground that is asked for through what is clear', () => {
    expect(pixels({ width: 1, height: 1, depth: 8, colour: 4, lines: [0, 255, 0] }, 0)).toEqual([0, 0, 0])
  })

  const sound = encodePng(picture(4, 4))
  it('that is cut short anywhere is refused, not half read', () => {
    for (let length = 0; length < sound.length - 12; length++)
      expect(() => decodePng(sound.subarray(0, length), 0)).toThrow("can't be read")
  })

  it('that is damaged anywhere is refused or read, and nothing else happens', () => {
    for (let at = 8; at < sound.length; at++) {
      const damaged = Uint8Array.from(sound)
      damaged[at] = (damaged[at] as number) ^ 0x55
      try {
        expect(decodePng(damaged, 0).data.length).toBeLessThan(1e6)
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-request' })
      }
    }
  })

  it('that unpacks to more than its header says, or says too much, is refused before it takes memory', () => {
    const zeros = new Array<number>(5_000_000).fill(0)
    expect(() => pixels({ width: 1, height: 1, depth: 8, colour: 0, lines: zeros })).toThrow('pixels are damaged')
    expect(() => pixels({ width: 100_000, height: 100_000, depth: 8, colour: 0, lines: [] })).toThrow(
      'at most 40 million',
    )
    expect(() => pixels({ width: 0, height: 1, depth: 8, colour: 0, lines: [] })).toThrow('no pixels')
  })

  it.each<[string, Partial<Raw>]>([
    ['a depth that there is not', { depth: 3 }],
    ['a colour type that there is not', { colour: 5 }],
    ['a palette that is not there', { colour: 3 }],
    ['a filter that there is not', { lines: [9, 0, 0, 0] }],
  ])('with %s is refused', (_what, wrong) => {
    const raw = { width: 1, height: 1, depth: 8, colour: 2, lines: [0, 0, 0, 0], ...wrong }
    expect(() => pixels(raw)).toThrow(/header is damaged|pixels are damaged/)
  })
})

describe('JPEG', () => {
  const grey = { width: 16, height: 8, data: Buffer.alloc(16 * 8 * 4, 128) }
  const { data } = encodeJpeg(grey, 90)
  const read = (bytes: Uint8Array) => decode({ mediaType: 'image/jpeg', data: bytes }, 0)

  it('is read', async () => {
    const { width, height, data: bytes } = await read(data)
    expect([width, height, bytes.length]).toEqual([16, 8, 3 * 16 * 8])
    for (const byte of bytes) expect(Math.abs(byte - 128)).toBeLessThan(3)
  })

  it('that is cut short or says too much is refused', async () => {
    await expect(read(data.subarray(0, 30))).rejects.toMatchObject({ code: 'bad-request' })
    const huge = Buffer.from(data)
    const frame = huge.indexOf(Buffer.from([0xff, 0xc0]))
    huge.writeUInt16BE(65_500, frame + 5)
    huge.writeUInt16BE(65_500, frame + 7)
    await expect(read(huge)).rejects.toThrow(/maxResolutionInMP/)
  })
})

it('other files are refused with what to do', async () => {
  const file = { mediaType: 'image/webp', data: Buffer.from('RIFF') }
  await expect(decode(file, 0)).rejects.toThrow('image/webp are not read here. Convert it')
})
