import { describe, expect, it } from 'vitest'
import type { ImageModel } from '../contract/image.ts'
import type { TranscriptionModel } from '../contract/transcription.ts'
import type { VideoModel } from '../contract/video.ts'
import { encodePng } from '../png/index.ts'
import { generateImage } from './generate-image.ts'
import { generateVideo } from './generate-video.ts'
import { transcribe } from './transcribe.ts'

const never = (): never => {
  throw new Error('Nobody may be asked.')
}
const drawer: ImageModel = { provider: 'test', id: 'drawer', supports: { images: 2, mask: true }, generate: never }
const filmer: VideoModel = {
  ...{ provider: 'test', id: 'filmer', film: never, resume: never },
  supports: { firstFrame: true, lastFrame: true, references: 1 },
}
const listener: TranscriptionModel = { provider: 'test', id: 'ear', supports: { maxBytes: 1_000 }, transcribe: never }

const png = encodePng({ width: 8, height: 8, data: new Uint8Array(192) })
const pdf = Buffer.from('%PDF-1.7 and more of it')
const text = Buffer.from('This is no picture.')

/** What is wrong with a picture, and what is said of that. */
const wrongPictures = [
  ['text', text, /text\/plain/],
  ['a PDF', { data: pdf }, /application\/pdf/],
  ['a PDF that is called a picture', { data: pdf, mediaType: 'image/png' }, /called image\/png, .* application\/pdf/],
  ['a picture that is called sound', { data: png, mediaType: 'audio/mpeg' }, /audio\/mpeg/],
  ['nothing', new Uint8Array(), /empty/],
  ['half a picture', png.subarray(0, png.length >> 1), /breaks off/],
  ['a path', './cat.png', /read its bytes first/],
  ['a file URL', new URL('file:///cat.png'), /"file:" URLs are not fetched/],
  ['a private address', 'http://169.254.169.254/latest', /not a public address/],
  ['a data URL that is damaged', 'data:image/png', /data URL is damaged/],
  ['a number', 5 as never, /given as bytes/],
] as const

describe('pictures that are given', () => {
  const ways = {
    images: (picture: never) => generateImage({ model: drawer, prompt: 'a cat', images: [png, picture] }),
    mask: (picture: never) => generateImage({ model: drawer, prompt: 'a cat', images: [png], mask: picture }),
    firstFrame: (picture: never) => generateVideo({ model: filmer, prompt: 'waves', firstFrame: picture }),
    lastFrame: (picture: never) => generateVideo({ model: filmer, prompt: 'waves', lastFrame: picture }),
    references: (picture: never) => generateVideo({ model: filmer, prompt: 'waves', references: [picture] }),
  }

  for (const [name, ask] of Object.entries(ways))
    it.each(wrongPictures)(`${name}: %s`, async (_what, picture, message) => {
      await expect(ask(picture as never)).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringMatching(message),
      })
    })

  it('have the type that their bytes show', async () => {
    const seen: string[] = []
    const model: ImageModel = {
      ...drawer,
      async *generate({ images = [] }) {
        seen.push(...images.map(({ mediaType }) => mediaType))
        yield { type: 'image', index: 0, mediaType: 'image/png', data: png }
        yield { type: 'finish', usage: {}, response: { provider: 'test', model: 'drawer', headers: {} } }
      },
    }
    await generateImage({ model, prompt: 'a cat', images: [{ data: png, mediaType: 'image/jpeg' }] })
    expect(seen).toEqual(['image/png'])
  })
})

describe('sound that is given', () => {
  it.each([
    ['a picture', png, /image\/png/],
    ['a picture that is called sound', { data: png, mediaType: 'audio/wav' }, /called audio\/wav, .* image\/png/],
    ['a page', { data: Buffer.from('<html></html>'), mediaType: 'text/html' }, /text\/html/],
    ['nothing', { data: new Uint8Array(), mediaType: 'audio/wav' }, /empty/],
    [
      'more than the model takes',
      { data: new Uint8Array(1_001), mediaType: 'audio/mpeg' },
      /0.0 MB, and test\/ear takes at most/,
    ],
    ['a path', './talk.mp3', /read its bytes first/],
  ])('%s is refused before anybody is asked', async (_what, audio, message) => {
    await expect(transcribe({ model: listener, audio })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    })
  })
})
