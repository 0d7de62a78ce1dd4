import { describe, expect, it } from 'vitest'
import { isWav, readWav, toPcm16, wavHeader } from './wav.ts'

interface Parts {
  readonly code?: number
  readonly bits?: number
  readonly channels?: number
  readonly rate?: number
  readonly data: Uint8Array
  /** What the header says the length is. */
  readonly size?: number
  /** Chunks before the samples. */
  readonly before?: Uint8Array
  /** The rest of an extensible format. */
  readonly extension?: Uint8Array
}

function wav({ code = 1, bits = 16, channels = 1, rate = 8_000, data, size = data.length, ...more }: Parts): Buffer {
  const { before = new Uint8Array(), extension = new Uint8Array() } = more
  const header = Buffer.alloc(36)
  header.write('RIFF\0\0\0\0WAVEfmt ', 'latin1')
  header.writeUInt32LE(16 + extension.length, 16)
  header.writeUInt16LE(code, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt16LE(bits, 34)
  const start = Buffer.alloc(8)
  start.write('data', 'latin1')
  start.writeUInt32LE(size, 4)
  return Buffer.concat([header, extension, before, start, data])
}

const bytesOf = (array: Int16Array | Int32Array | Float32Array | Float64Array) => new Uint8Array(array.buffer)

describe('samples of every width are read', () => {
  it.each<[string, Parts]>([
    ['8 bits', { bits: 8, data: Uint8Array.of(0, 64, 128, 192) }],
    ['16 bits', { bits: 16, data: bytesOf(Int16Array.of(-32_768, -16_384, 0, 16_384)) }],
    ['24 bits', { bits: 24, data: Uint8Array.of(0, 0, 128, 0, 0, 192, 0, 0, 0, 0, 0, 64) }],
    ['32 bits', { bits: 32, data: bytesOf(Int32Array.of(-(2 ** 31), -(2 ** 30), 0, 2 ** 30)) }],
    ['floats', { code: 3, bits: 32, data: bytesOf(Float32Array.of(-1, -0.5, 0, 0.5)) }],
    ['long floats', { code: 3, bits: 64, data: bytesOf(Float64Array.of(-1, -0.5, 0, 0.5)) }],
    [
      'an extensible format',
      {
        code: 0xfffe,
        data: bytesOf(Int16Array.of(-32_768, -16_384, 0, 16_384)),
        extension: Uint8Array.of(22, 0, 16, 0, 4, 0, 0, 0, 1, 0, ...new Uint8Array(14)),
      },
    ],
    [
      'other chunks before',
      {
        data: bytesOf(Int16Array.of(-32_768, -16_384, 0, 16_384)),
        before: Buffer.from('LIST\x03\0\0\0abc\0', 'latin1'),
      },
    ],
  ])('%s', (_name, parts) => {
    expect([...(readWav(wav(parts))?.samples ?? [])]).toEqual([-1, -0.5, 0, 0.5])
  })

  it('channels are mixed to one', () => {
    const data = bytesOf(Int16Array.of(16_384, 0, -16_384, -16_384))
    expect([...(readWav(wav({ channels: 2, data }))?.samples ?? [])]).toEqual([0.25, -0.5])
  })

  it('floats that are no numbers, or too large, do no harm', () => {
    const data = bytesOf(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 7, -7))
    expect([...(readWav(wav({ code: 3, bits: 32, data }))?.samples ?? [])]).toEqual([0, 0, 1, -1])
  })
})

describe('lengths', () => {
  const data = bytesOf(Int16Array.of(1, 2, 3))

  it.each([
    ['a file cut short gives what is there', { data, size: 1_000_000 }, 3],
    ['nobody knew the length', { data, size: 0xffffffff }, 3],
    ['the length was never written', { data, size: 0 }, 3],
    ['half a sample at the end is left out', { data: data.subarray(0, 5) }, 2],
  ])('%s', (_name, parts, count) => expect(readWav(wav(parts))?.samples).toHaveLength(count))
})

describe('damaged and hostile files', () => {
  const data = bytesOf(Int16Array.of(1, 2, 3))

  it.each<[string, Uint8Array, RegExp]>([
    ['no samples', Buffer.from('RIFF\0\0\0\0WAVE'), /no samples/],
    ['samples before their format', Buffer.from('RIFF\0\0\0\0WAVEdata\x02\0\0\0\0\0', 'latin1'), /before their format/],
    ['a format cut short', Buffer.from('RIFF\0\0\0\0WAVEfmt \x02\0\0\0\x01\0', 'latin1'), /cut short/],
    ['no channels', wav({ data, channels: 0 }), /0 channels/],
    ['65,535 channels', wav({ data, channels: 65_535 }), /65535 channels/],
    ['a rate of 0', wav({ data, rate: 0 }), /0 samples per second/],
    ['4 billion samples per second', wav({ data, rate: 0xffffffff }), /samples per second/],
    ['7 bits', wav({ data, bits: 7 }), /7 bits/],
    ['nothing to hear', wav({ data: new Uint8Array() }), /empty/],
  ])('%s', (_name, bytes, message) => expect(() => readWav(bytes)).toThrow(message))

  it('samples written in another way are left to others', () => {
    expect(readWav(wav({ code: 7, bits: 8, data }))).toBeUndefined()
  })

  it('every file cut at any place is told or read, never more than it holds', () => {
    const whole = wav({ data })
    for (let length = 12; length < whole.length; length++) {
      try {
        expect(readWav(whole.subarray(0, length))?.samples.length).toBeLessThan(3)
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-argument' })
      }
    }
  })
})

it('what is written is read again', () => {
  const samples = Float32Array.of(0, 0.5, -0.5, 2, -2)
  const data = toPcm16(samples)
  const file = Buffer.concat([wavHeader(22_050, data.length), data])
  expect(isWav(file)).toBe(true)
  const sound = readWav(file)
  expect(sound?.rate).toBe(22_050)
  for (const [at, value] of [0, 0.5, -0.5, 1, -1].entries()) expect(sound?.samples[at]).toBeCloseTo(value, 4)
})
