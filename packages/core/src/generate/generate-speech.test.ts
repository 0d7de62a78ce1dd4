import { describe, expect, it } from 'vitest'
import type { SpeechCall, SpeechEvent, SpeechModel } from '../contract/speech.ts'
import { generateSpeech } from './generate-speech.ts'
import { streamSpeech } from './stream-speech.ts'

const response = { provider: 'mock', model: 'm' }

/** A header for 16-bit samples at 8 kHz whose lengths nobody knew, and one second of silence in pieces. */
function wavPieces(size = 0xffffffff): Uint8Array[] {
  const header = Buffer.alloc(44)
  header.write('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(16_000, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(size, 40)
  return [new Uint8Array(header), new Uint8Array(9_000), new Uint8Array(7_000)]
}

function model(pieces: readonly Uint8Array[], mediaType = 'audio/wav', knobs: SpeechModel['supports'] = {}) {
  const calls: SpeechCall[] = []
  const made: SpeechModel = {
    provider: 'mock',
    id: 'm',
    supports: knobs,
    async *speak(call): AsyncGenerator<SpeechEvent> {
      calls.push(call)
      for (const data of pieces) yield { type: 'audio', mediaType, data }
      yield { type: 'finish', usage: {}, response }
    },
  }
  return { model: made, calls }
}

describe('generateSpeech', () => {
  it('gives one file whose header tells its true length', async () => {
    const { audio, sampleRate, seconds, warnings } = await generateSpeech({ ...model(wavPieces()), text: 'Hello.' })
    const view = Buffer.from(audio.data)
    expect(audio.mediaType).toBe('audio/wav')
    expect(view.length).toBe(16_044)
    expect([view.readUInt32LE(4), view.readUInt32LE(40)]).toEqual([16_036, 16_000])
    expect({ sampleRate, seconds, warnings }).toEqual({ sampleRate: 8_000, seconds: 1, warnings: [] })
    expect(audio.toDataURL()).toMatch(/^data:audio\/wav;base64,UklGR/)
  })

  it('leaves a header that is right as it is, and bytes that are no WAV', async () => {
    const right = wavPieces(16_000)
    expect(Buffer.from((await generateSpeech({ ...model(right), text: 'x' })).audio.data)).toEqual(Buffer.concat(right))
    const mp3 = Uint8Array.of(0xff, 0xfb, 0x90, 0x64)
    const { audio, ...rest } = await generateSpeech({ ...model([mp3], 'audio/mpeg'), text: 'x' })
    expect([audio.mediaType, ...audio.data]).toEqual(['audio/mpeg', ...mp3])
    expect(rest).toEqual({
      usage: {},
      warnings: [],
      attempts: [expect.objectContaining({ outcome: 'ok', usage: {} })],
      response,
    })
  })

  it('leaves out what the model lacks, with a warning', async () => {
    const { model: speaks, calls } = model(wavPieces(), 'audio/wav', { knobs: ['speed'] })
    const { warnings } = await generateSpeech({ model: speaks, text: 'x', speed: 2, instructions: 'Whisper.' })
    expect(warnings.map(({ option }) => option)).toEqual(['instructions'])
    expect(calls[0]).toEqual({ text: 'x', speed: 2 })
  })

  it.each<[string, object]>([
    ['an empty text', { text: ' ' }],
    ['a speed of 0', { speed: 0 }],
    ['a format that is none', { format: 'midi' }],
    ['a voice that is no text', { voice: 3 }],
  ])('%s is an invalid argument', async (_name, wrong) => {
    const { model: speaks, calls } = model(wavPieces())
    await expect(generateSpeech({ model: speaks, text: 'x', ...wrong } as never)).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(calls).toHaveLength(0)
  })

  it('an answer without sound is malformed', async () => {
    await expect(generateSpeech({ ...model([]), text: 'x' })).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('streamSpeech', () => {
  it('gives the fragments of the file while they come, and the file', async () => {
    const stream = streamSpeech({ ...model(wavPieces()), text: 'x' })
    const lengths: number[] = []
    for await (const fragment of stream.audioStream) lengths.push(fragment.length)
    expect(lengths).toEqual([44, 9_000, 7_000])
    expect((await stream.result).audio.data).toHaveLength(16_044)
  })
})
