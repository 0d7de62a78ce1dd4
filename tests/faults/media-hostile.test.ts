import { generateImage, generateSpeech, generateVideo, type ResponseInfo, transcribe, type Usage } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { imageServices } from '../conformance/image-services.ts'
import { videoServices } from '../conformance/video-services.ts'
import { voiceServices } from '../conformance/voice-services.ts'
import { tryHostile } from './hostile.ts'
import { imageAdapters } from './image-adapters.ts'
import { secret } from './media-fault.ts'
import { videoAdapters } from './video-adapters.ts'
import { listeners, speakers, wav } from './voice-adapters.ts'

const services = { images: await imageServices(), videos: await videoServices(), voices: await voiceServices() }
afterAll(() => Promise.all(Object.values(services).map(({ close }) => close())))

const at =
  <Name extends string>({ url }: { url(name: Name): string }) =>
  (service: Name, path = '') => ({
    apiKey: secret,
    baseURL: `${url(service)}${path}`,
    jobs: { first: 1, most: 1, total: 200 },
  })

/** Fails unless all of these are of a type, or not there. */
function areAll(type: 'string' | 'number', values: readonly unknown[]): void {
  for (const value of values) if (value !== undefined) expect(value).toBeTypeOf(type)
}

/** Fails unless what is told of an answer has the types that it promises. */
function checkTold({ usage, response }: { readonly usage: Usage; readonly response: ResponseInfo }): void {
  areAll('number', [usage.input, usage.output, usage.total])
  areAll('string', [response.id, response.model])
}

describe('whatever stands in its replies, a call ends with a sound result or an error of ours', () => {
  it.each(Object.entries(imageAdapters))('images: %s', async (name, { model }) => {
    const draw = async (more: object) => {
      const result = await generateImage({ model: model(at(services.images), more), prompt: 'a cat' })
      checkTold(result)
      for (const { seed, revisedPrompt } of result.images) {
        areAll('number', [seed])
        areAll('string', [revisedPrompt])
      }
    }
    // Bytes of pictures are not broken here.
    await tryHostile(draw, { failures: name === 'Hugging Face' ? 0 : 2 })
  })

  it.each(Object.entries(videoAdapters))('videos: %s', (_name, { model }) =>
    tryHostile(async (more) =>
      checkTold(await generateVideo({ model: model(at(services.videos), more), prompt: 'waves' })),
    ),
  )

  it.each(Object.entries(speakers))('speech: %s', async (_name, { model, events }) => {
    const speak = async (more: object) =>
      checkTold(await generateSpeech({ model: model(at(services.voices), more), text: 'Hello.', voice: 'nova' }))
    await tryHostile(speak, { failures: events ? 2 : 0 })
  })

  it.each(Object.entries(listeners))('transcription: %s', (_name, { model }) =>
    tryHostile(async (more) => {
      const audio = { data: wav, mediaType: 'audio/wav' }
      const options = { words: true, speakers: true } as const
      const result = await transcribe({ model: model(at(services.voices), more), audio, ...options })
      checkTold(result)
      const pieces = [...result.segments, ...result.words]
      areAll('string', [result.text, result.language, ...pieces.flatMap(({ text, speaker }) => [text, speaker])])
      areAll('number', [result.seconds, ...pieces.flatMap(({ start, end }) => [start, end])])
    }),
  )
})
