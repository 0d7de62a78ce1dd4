import { describe, expect, it } from 'vitest'
import { isAnyModelError } from '../errors.ts'
import { withConditions } from './conditions.ts'
import { type AnyModel, asked, type Kind, methods } from './kinds.ts'

/** A call that asks for nothing in particular. */
const plain = {
  messages: [],
  prefix: '',
  suffix: '',
  query: '',
  documents: [],
  values: [],
  prompt: '',
  text: '',
  count: 1,
}

/** A model of a kind that gives nothing. */
const made = (kind: Kind): AnyModel =>
  ({ provider: 'test', id: 'm', supports: {}, [methods[kind]]: async () => ({}) }) as unknown as AnyModel

describe('conditions', () => {
  const why = async (kind: Kind, when: object, more: object) => {
    const error = await Promise.resolve()
      .then(() => asked(withConditions(made(kind), when), { ...plain, ...more } as never))
      .catch((error: unknown) => error)
    return isAnyModelError(error) ? error.message : undefined
  }
  const wav = (seconds: number) => {
    const data = new Uint8Array(44 + seconds * 16_000)
    const view = new DataView(data.buffer)
    for (const [at, text] of [
      [0, 'RIFF'],
      [8, 'WAVE'],
      [12, 'fmt '],
      [36, 'data'],
    ] as const)
      data.set(new TextEncoder().encode(text), at)
    for (const [at, value] of [
      [16, 16],
      [24, 8_000],
      [28, 16_000],
      [40, seconds * 16_000],
    ] as const)
      view.setUint32(at, value, true)
    return { audio: { mediaType: 'audio/wav', data } }
  }

  it.each<[Kind, object, object, string]>([
    ['embedding', { maxTexts: 1 }, { values: ['a', 'b'] }, 'up to 1 texts'],
    ['rerank', { minTexts: 2 }, { documents: ['a'] }, '2 texts or more'],
    ['embedding', { maxInputTokens: 2 }, { values: ['123456789'] }, 'up to 2 tokens, and these are about 3'],
    ['image', { maxCount: 1 }, { count: 2 }, 'up to 1 at once'],
    ['image', { maxPixels: 1e6 }, { size: { width: 1024, height: 1024 } }, 'up to 1000000 pixels'],
    ['image', { minPixels: 1e6 }, {}, 'this call does not say how many'],
    ['image', { modality: ['text'] }, { images: [{}] }, 'is for text, and this is image'],
    ['speech', { maxCharacters: 3 }, { text: 'Hello' }, 'up to 3 characters'],
    ['video', { maxSeconds: 5 }, { seconds: 8 }, 'up to 5 seconds'],
    ['video', { modality: ['text'] }, { firstFrame: {} }, 'is for text, and this is image'],
    ['transcription', { maxSeconds: 60 }, wav(90), 'up to 60 seconds, and these are about 90'],
    [
      'transcription',
      { maxSeconds: 1 },
      { audio: { mediaType: 'audio/pcm;rate=8000;channels=2', data: new Uint8Array(64_000) } },
      'these are about 2',
    ],
  ])('of %s models: %j', async (kind, when, call, words) => {
    expect(await why(kind, when, call)).toContain(words)
  })

  it.each<[Kind, object, object]>([
    ['image', { maxPixels: 1e6 }, {}],
    ['video', { maxSeconds: 5 }, {}],
    ['transcription', { maxSeconds: 100 }, wav(90)],
    ['embedding', { maxTexts: 2, minTexts: 2 }, { values: ['a', 'b'] }],
  ])('of %s models let through what is within: %j', async (kind, when, call) => {
    expect(await why(kind, when, call)).toBeUndefined()
  })

  it('that say nothing about a kind are refused when they are set', () => {
    expect(() => withConditions(made('text'), { maxSeconds: 3 })).toThrow(/maxSeconds says nothing about calls to text/)
  })
})
