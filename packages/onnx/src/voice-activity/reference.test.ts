import { existsSync, readFileSync } from 'node:fs'
import { transcribe } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { readWav, toPcm16 } from '../audio/wav.ts'
import { onnx } from '../onnx.ts'

const folder = '../shared/models/silero-vad'
const whisper = '../shared/models/whisper-tiny.en'
const speech = '../shared/datasets/audio/jfk.wav'
const isThere = [folder, whisper, speech].every((path) => existsSync(path))

/** Outer borders of speech in this recording as whisper.cpp prints them with Silero 5.1.2 (its examples/vad-speech-segments). */
const published = [
  [0.29, 2.21],
  [3.3, 4.35],
  [5.38, 7.65],
  [8.16, 10.59],
] as const

describe.skipIf(!isThere)('Silero (skipped without ../shared/models and ../shared/datasets)', () => {
  const local = onnx()
  afterAll(() => local.close())
  const detector = local.voiceActivity(`dir:${folder}`)
  const bare = (samples: Float32Array) => ({ mediaType: 'audio/pcm;rate=16000', data: toPcm16(samples) })

  it('finds the speech that others find with an older version of the model', async () => {
    const { spans, seconds } = await detector.detect({ audio: readFileSync(speech) })
    expect(seconds).toBe(11)
    expect(spans).toHaveLength(published.length)
    for (const [at, [start, end]] of published.entries()) {
      expect(Math.abs((spans[at]?.start ?? 0) - start)).toBeLessThan(0.1)
      expect(Math.abs((spans[at]?.end ?? 0) - end)).toBeLessThan(0.15)
    }
  })

  it('finds none in silence and in hiss', async () => {
    const hiss = Float32Array.from({ length: 32_000 }, (_, i) => Math.sin(i * i * 0.37) * 0.05)
    for (const samples of [new Float32Array(32_000), hiss])
      expect(await detector.detect({ audio: bare(samples) })).toEqual({ spans: [], seconds: 2 })
  })

  it('whisper does not listen to what is no speech, and its times are those of the whole recording', async () => {
    const samples = readWav(readFileSync(speech))?.samples ?? new Float32Array()
    const late = new Float32Array(35 * 16_000 + samples.length)
    late.set(samples, 35 * 16_000)
    const model = local.transcription(`dir:${whisper}`, { voiceActivity: `dir:${folder}` })
    const { text, segments, seconds } = await transcribe({ model, audio: bare(late) })
    expect(text.toLowerCase()).toMatch(/^and so my fellow americans,? ask not what your country can do for you/)
    expect(segments[0]?.start).toBeGreaterThan(34.9)
    expect(segments.at(-1)?.end).toBeLessThanOrEqual(46)
    expect(seconds).toBe(46)
    expect(await transcribe({ model, audio: bare(new Float32Array(32_000)) })).toMatchObject({ text: '', segments: [] })
  })

  it('a setting that is no number is an invalid argument; an abort rejects with its reason', async () => {
    const audio = bare(new Float32Array(1_600))
    await expect(detector.detect({ audio, threshold: Number.NaN })).rejects.toMatchObject({ code: 'invalid-argument' })
    const reason = new Error('enough')
    await expect(detector.detect({ audio, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
