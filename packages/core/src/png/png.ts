import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { fits, unreadable } from './limits.ts'
import type { Picture } from './picture.ts'

/** Portable Network Graphics, third edition: https://www.w3.org/TR/png-3/ */
const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** Bytes of a pixel, by colour type. */
const bytesOf = { grey: 1, colour: 3, translucent: 4 } as const
const types = { grey: 0, colour: 2, translucent: 6 } as const

/** A picture as a PNG file. `opacity`: a byte for every pixel, 255 hides what is behind it. */
export const encodePng = ({ data, ...size }: Picture, opacity?: Uint8Array): Uint8Array =>
  opacity ? encode(size, withOpacity(data, opacity), 'translucent') : encode(size, data, 'colour')

/** Greys as a PNG file, a byte for every pixel. */
export const encodeGreyPng = ({ data, ...size }: Picture): Uint8Array => encode(size, data, 'grey')

/** Every line is told by its difference to the one above. */
function encode(
  { width, height }: Pick<Picture, 'width' | 'height'>,
  pixels: Uint8Array,
  kind: keyof typeof bytesOf,
): Uint8Array {
  const row = bytesOf[kind] * width
  const lines = new Uint8Array(height * (row + 1))
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1)
    lines[start] = 2
    for (let i = 0; i < row; i++) {
      const at = y * row + i
      lines[start + 1 + i] = (pixels[at] as number) - (y === 0 ? 0 : (pixels[at - row] as number))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, types[kind]], 8)
  return Buffer.concat([
    signature,
    toChunk('IHDR', header),
    toChunk('IDAT', deflateSync(lines)),
    toChunk('IEND', new Uint8Array()),
  ])
}

function withOpacity(data: Uint8Array, opacity: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(4 * opacity.length)
  for (let i = 0; i < opacity.length; i++) {
    pixels.set(data.subarray(3 * i, 3 * i + 3), 4 * i)
    pixels[4 * i + 3] = opacity[i] as number
  }
  return pixels
}

function toChunk(type: string, body: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + body.length)
  chunk.writeUInt32BE(body.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(body, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length)
  return chunk
}

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  /** Numbers of one pixel. */
  readonly channels: number
  readonly palette: Uint8Array | undefined
  /** Opacity of the palette's colours, or the one colour that is seen through. */
  readonly transparency: Uint8Array | undefined
  readonly interlaced: boolean
}

/** The pixels of a PNG file of any colour type, on a ground of one grey. Throws `bad-request` for a damaged file, and for one that says it is larger than it may be, before anything is unpacked. */
export function decodePng(bytes: Uint8Array, ground: number): Picture {
  const { header, packed } = readChunks(bytes)
  const { width, height } = header
  const passes = header.interlaced ? interlacing : [whole]
  const areas = passes
    .map((pass) => ({ pass, ...areaOf(pass, header) }))
    .filter(({ across, down }) => across > 0 && down > 0)
  const rowOf = (across: number): number => Math.ceil((across * header.channels * header.depth) / 8)
  const size = areas.reduce((sum, { across, down }) => sum + down * (rowOf(across) + 1), 0)
  const lines = unpack(packed, size)
  const data = new Uint8Array(3 * width * height)
  let at = 0
  for (const { pass, across, down } of areas) {
    const row = rowOf(across)
    unfilter(lines.subarray(at, at + down * (row + 1)), row, Math.max(1, (header.channels * header.depth) >> 3))
    for (let y = 0; y < down; y++) {
      const line = lines.subarray(at + 1, at + 1 + row)
      for (let x = 0; x < across; x++) {
        const target = 3 * ((pass.y + y * pass.dy) * width + pass.x + x * pass.dx)
        paint(header, line, x, ground, data, target)
      }
      at += row + 1
    }
  }
  return { width, height, data }
}

/** Which pixels are told in one go. */
interface Pass {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
}

const whole: Pass = { x: 0, y: 0, dx: 1, dy: 1 }

/** Adam7. */
const interlacing: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
]

const areaOf = ({ x, y, dx, dy }: Pass, { width, height }: Header) => ({
  across: Math.ceil((width - x) / dx),
  down: Math.ceil((height - y) / dy),
})

/** Channels and bit depths, by colour type. */
const colourTypes: Readonly<Record<number, { readonly channels: number; readonly depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
}

function readChunks(bytes: Uint8Array): { readonly header: Header; readonly packed: Uint8Array } {
  const chunks = new Map<string, Uint8Array>()
  const packed: Uint8Array[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = signature.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) throw unreadable('it is cut short')
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'IDAT') packed.push(body)
    else chunks.set(type, body)
    if (type === 'IEND') break
    at += 12 + length
  }
  return { header: toHeader(chunks), packed: Buffer.concat(packed) }
}

function toHeader(chunks: ReadonlyMap<string, Uint8Array>): Header {
  const body = chunks.get('IHDR')
  if (body?.length !== 13) throw unreadable('it has no header')
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const [depth = 0, colour = 0, , , interlace = 0] = body.subarray(8)
  const type = colourTypes[colour]
  const palette = chunks.get('PLTE')
  if (!type?.depths.includes(depth) || interlace > 1 || (colour === 3 && !palette))
    throw unreadable('its header is damaged')
  return {
    ...fits(view.getUint32(0), view.getUint32(4)),
    depth,
    channels: type.channels,
    palette: colour === 3 ? palette : undefined,
    transparency: chunks.get('tRNS'),
    interlaced: interlace === 1,
  }
}

/** Never more bytes than the header asks for, whatever is packed. */
function unpack(packed: Uint8Array, size: number): Uint8Array {
  let lines: Uint8Array
  try {
    lines = inflateSync(packed, { maxOutputLength: size })
  } catch (error) {
    throw unreadable(`its pixels are damaged: ${(error as Error).message}`, error)
  }
  if (lines.length < size) throw unreadable('it is cut short')
  return lines
}

/** Puts back what a line tells as differences to what is left of it, above and left above. `step` is the distance to the pixel on the left, in bytes. */
function unfilter(lines: Uint8Array, row: number, step: number): void {
  for (let start = 0; start < lines.length; start += row + 1) {
    const filter = lines[start] as number
    const guess = guesses[filter]
    if (!guess) throw unreadable('its pixels are damaged')
    for (let i = 1; i <= row; i++) {
      const left = i > step ? (lines[start + i - step] as number) : 0
      const above = start > 0 ? (lines[start + i - row - 1] as number) : 0
      const corner = start > 0 && i > step ? (lines[start + i - row - 1 - step] as number) : 0
      lines[start + i] = (lines[start + i] as number) + guess(left, above, corner)
    }
  }
}

const guesses: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_left, above) => above,
  (left, above) => (left + above) >> 1,
  (left, above, corner) => {
    const sum = left + above - corner
    const distances = [left, above, corner].map((value) => Math.abs(sum - value)) as [number, number, number]
    const [toLeft, toAbove, toCorner] = distances
    return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner
  },
]

/** Writes one pixel of a line. */
function paint(header: Header, line: Uint8Array, x: number, ground: number, data: Uint8Array, target: number): void {
  const { channels, palette } = header
  const at = x * channels
  const opacity = opacityAt(header, line, at)
  for (let i = 0; i < 3; i++) {
    const sample = sampleAt(header, line, channels < 3 ? at : at + i)
    const colour = palette ? (palette[3 * sample + i] ?? 0) : toByte(header, sample)
    data[target + i] = opacity === 1 ? colour : Math.round(ground + (colour - ground) * opacity)
  }
}

function sampleAt({ depth }: Header, line: Uint8Array, at: number): number {
  if (depth === 8) return line[at] as number
  if (depth === 16) return ((line[2 * at] as number) << 8) | (line[2 * at + 1] as number)
  const bit = at * depth
  return ((line[bit >> 3] as number) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

const toByte = ({ depth }: Header, value: number): number =>
  depth === 16 ? value >> 8 : (value * 255) / ((1 << depth) - 1)

/** How much of a pixel is seen, from 0 to 1. */
function opacityAt(header: Header, line: Uint8Array, at: number): number {
  const { channels, depth, palette, transparency } = header
  if (channels === 2 || channels === 4) return sampleAt(header, line, at + channels - 1) / ((1 << depth) - 1)
  if (!transparency) return 1
  if (palette) return (transparency[sampleAt(header, line, at)] ?? 255) / 255
  for (let i = 0; i < channels; i++) {
    const clear = ((transparency[2 * i] ?? 0) << 8) | (transparency[2 * i + 1] ?? 0)
    if (sampleAt(header, line, at + i) !== clear) return 1
  }
  return 0
}
