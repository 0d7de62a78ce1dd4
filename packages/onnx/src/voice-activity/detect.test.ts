import { transcribe } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { toPcm16 } from '../audio/wav.ts'
import { onnx } from '../onnx.ts'
import { toyDetector } from '../testing/toy-detector.ts'
import { scratchFolder, toyModel } from '../testing/toy-model.ts'
import { saying, timeToken, toyWhisper } from '../testing/toy-whisper.ts'

const local = onnx()
afterAll(() => local.close())

/** Seconds of silence and of tone, in turns. */
function sound(...seconds: number[]): { mediaType: string; data: Uint8Array } {
  const parts = seconds.map((length, at) =>
    Float32Array.from({ length: length * 16_000 }, (_, i) => (at % 2 ? 0.3 * Math.sin(i / 5) : 0)),
  )
  return { mediaType: 'audio/pcm;rate=16000', data: Buffer.concat(parts.map(toPcm16)) }
}

const detector = toyDetector()

describe('a voice activity detector', () => {
  const detect = local.voiceActivity(`dir:${detector}`).detect

  it('tells where somebody speaks, frame after frame', async () => {
    const { spans, seconds } = await detect({ audio: sound(1, 1, 2, 1), padding: 0 })
    expect(seconds).toBe(5)
    expect(spans).toHaveLength(2)
    // A frame has 32 ms and sees the last 4 of the one before it.
    for (const [at, [start, end]] of [[1, 2] as const, [4, 5] as const].entries()) {
      expect(Math.abs((spans[at]?.start ?? 0) - start)).toBeLessThan(0.033)
      expect(Math.abs((spans[at]?.end ?? 0) - end)).toBeLessThan(0.065)
    }
  })

  it('hears each recording afresh', async () => {
    const first = await detect({ audio: sound(0, 1) })
    expect(await detect({ audio: sound(0, 1) })).toEqual(first)
    expect(first.spans[0]?.start).toBeCloseTo(0.064 - 0.03, 6)
  })
})

it('whisper passes over long silence; its times are those of the whole recording', async () => {
  const whisper = toyWhisper({
    sound: saying(3, timeToken(0.2), 'Ja', timeToken(0.8)),
    silence: saying(3, timeToken(0), 'X'),
  })
  const audio = sound(7, 1, 3)
  const listen = (options: { voiceActivity?: string }) =>
    transcribe({ model: local.transcription(`dir:${whisper}`, options), audio, language: 'de' })
  const { segments, seconds } = await listen({ voiceActivity: `dir:${detector}` })
  expect(segments).toHaveLength(1)
  // It begins to listen 0.3 s before somebody speaks.
  expect(segments[0]?.start).toBeCloseTo(7 - 0.3 + 0.2, 1)
  expect(seconds).toBe(11)
  expect((await listen({})).text).toContain('X')
})

it.each<[string, () => string, RegExp]>([
  ['nothing in it', scratchFolder, /no silero_vad\.onnx/],
  ['a text model', () => toyModel({ says: 'x' }), /takes input_ids/],
])('a folder that is no detector says why: %s', async (_name, folder, message) => {
  const error: unknown = await local
    .voiceActivity(`dir:${folder()}`)
    .detect({ audio: sound(0, 1) })
    .catch((e) => e)
  expect(error).toMatchObject({ code: 'config', provider: 'onnx', message: expect.stringMatching(message) })
})
