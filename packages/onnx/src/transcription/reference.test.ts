import { existsSync, readFileSync } from 'node:fs'
import { transcribe } from '@anymodel/core'
import { Tensor } from 'onnxruntime-node'
import { afterAll, describe, expect, it } from 'vitest'
import { logMel } from '../audio/log-mel.ts'
import type { Sound } from '../audio/sound.ts'
import { readWav, toPcm16, wavHeader } from '../audio/wav.ts'
import { onnx } from '../onnx.ts'
import { loadWhisper } from './whisper.ts'
import { writeWindow } from './write-window.ts'

const folder = '../shared/models/whisper-tiny.en'
const speech = '../shared/datasets/audio/jfk.wav'
const isThere = existsSync(`${folder}/reference.json`) && existsSync(speech)

interface Reference {
  readonly mel_stride: readonly [number, number]
  readonly mel: readonly (readonly number[])[]
  readonly tokens: readonly number[]
  readonly text: string
}

const wordsIn = (text: string) => text.toLowerCase().match(/[a-z]+/g)

describe.skipIf(!isThere)('whisper-tiny.en (skipped without ../shared/models and ../shared/datasets)', () => {
  const local = onnx()
  afterAll(() => local.close())
  const model = local.transcription(`dir:${folder}`)
  const read = (): { reference: Reference; sound: Sound } => ({
    reference: JSON.parse(readFileSync(`${folder}/reference.json`, 'utf8')),
    sound: readWav(readFileSync(speech)) as Sound,
  })

  it('sees what the reference sees', () => {
    const { reference, sound } = read()
    const picture = logMel({ rate: 16_000, frameLength: 400, hop: 160, bins: 80 })(sound.samples, 3_000)
    const [bins, frames] = reference.mel_stride
    for (const [row, values] of reference.mel.entries())
      for (const [column, value] of values.entries())
        expect(picture[row * bins * 3_000 + column * frames]).toBeCloseTo(value, 4)
  })

  it('writes exactly the tokens and the text of the reference', async () => {
    const { reference, sound } = read()
    const whisper = await loadWhisper({ location: { folder }, runtime: {}, onStep: () => {} })
    const picture = new Tensor('float32', whisper.toPicture(sound.samples, 3_000), [1, 80, 3_000])
    const { last_hidden_state } = await whisper.encoder.run({ input_features: picture })
    const [start, withoutTimes, ...rest] = reference.tokens
    const written = await writeWindow({
      decoder: whisper.decoder,
      vocabulary: whisper.vocabulary,
      sound: last_hidden_state as Tensor,
      prompt: [start as number, withoutTimes as number],
      times: false,
      attention: false,
      limit: 224,
      temperatures: [0],
      seed: 0,
      textOf: whisper.textOf,
      cancelled: () => false,
    })
    expect([...(written?.tokens ?? []), whisper.vocabulary.end]).toEqual(rest)
    expect(whisper.textOf(written?.tokens ?? [])).toBe(reference.text)
    await whisper.dispose()
  })

  it('gives text, segments with times, the language and the length', async () => {
    const { reference } = read()
    const { text, segments, language, seconds, warnings } = await transcribe({ model, audio: readFileSync(speech) })
    expect(wordsIn(text)).toEqual(wordsIn(reference.text))
    expect(segments.map((segment) => segment.text).join(' ')).toBe(text)
    for (const [at, { start, end }] of segments.entries()) {
      expect(end).toBeGreaterThan(start)
      expect(start).toBeGreaterThanOrEqual(segments[at - 1]?.end ?? 0)
    }
    expect({ language, seconds, warnings }).toEqual({ language: 'en', seconds: 11, warnings: [] })
  })

  it('long sound is heard in windows: nothing is lost or said twice at their borders', async () => {
    const { reference, sound } = read()
    const pause = new Float32Array(8_000)
    const bytes = Buffer.concat(Array.from({ length: 4 }, () => [toPcm16(sound.samples), toPcm16(pause)]).flat())
    const audio = Buffer.concat([wavHeader(16_000, bytes.length), bytes])
    const { text, seconds, segments } = await transcribe({ model, audio })
    // A model this small hears "asks" for "ask" now and then: the beginnings of the words have to be right.
    const stems = (words: string) => wordsIn(words)?.map((word) => word.slice(0, 3)) ?? []
    expect(stems(text)).toEqual(Array.from({ length: 4 }, () => stems(reference.text)).flat())
    expect(seconds).toBe(46)
    expect(segments.at(-1)?.end).toBeGreaterThan(43)
  })

  it('what the model lacks is a warning, or an error where that is wanted', async () => {
    const call = { model, audio: readFileSync(speech), language: 'de', task: 'translate', words: true } as const
    const { warnings, words } = await transcribe(call)
    expect(warnings.map(({ option }) => option)).toEqual(['language', 'task', 'words'])
    expect(words).toEqual([])
    await expect(transcribe({ ...call, onUnsupported: 'error' })).rejects.toMatchObject({
      code: 'unsupported',
      provider: 'onnx',
    })
  })
})
