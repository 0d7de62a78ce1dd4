import {
  generateImage,
  generateSpeech,
  generateText,
  generateVideo,
  isAnyModelError,
  type TextModel,
  transcribe,
} from '@anymodel/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { hostedTypes } from '../config/config.ts'
import { type Provider, providerSources } from './providers.ts'

/** Asks a service for what it makes. */
const ask = ({ text, image, speech, transcription, video }: Provider): Promise<unknown> => {
  if (text) return generateText({ model: text('some-model'), prompt: 'hi' })
  if (image) return generateImage({ model: image('some-model'), prompt: 'hi' })
  if (speech) return generateSpeech({ model: speech('some-model'), text: 'hi', voice: 'some-voice' })
  if (transcription)
    return transcribe({
      model: transcription('some-model'),
      audio: { data: new Uint8Array(1), mediaType: 'audio/wav' },
    })
  if (video) return generateVideo({ model: video('some-model'), prompt: 'hi' })
  throw new Error('a service without a kind that this test knows')
}

afterEach(() => void vi.unstubAllEnvs())

describe('a hosted provider', () => {
  test.each(hostedTypes.filter((type) => providerSources[type].env))(
    '%s says itself where its key is sought',
    async (type) => {
      const { env = [], load } = providerSources[type]
      for (const name of env) vi.stubEnv(name, undefined)
      vi.stubEnv('AZURE_RESOURCE_NAME', 'house')
      const open = await load()
      const error = await ask(open({ type }, { name: type, asker: 'The role chat', dir: '/' })).catch((error) => error)
      expect(isAnyModelError(error) && error.code).toBe('auth')
      for (const name of env) expect((error as Error).message).toContain(name)
    },
  )

  test.each(hostedTypes)('%s sets up without being connected', async (type) => {
    const open = await providerSources[type].load()
    const baseURL = 'http://127.0.0.1:1/v1'
    const { text, image, speech, transcription, video } = open(
      { type, apiKey: 'x', baseURL },
      { name: 'a', asker: 'b', dir: '/' },
    )
    expect((text ?? image ?? speech ?? transcription ?? video)?.('m')).toMatchObject({ id: 'm' })
  })
})

describe('local models', () => {
  const open = async (maxMemory: string) => {
    const load = await providerSources.onnx.load()
    return load({ type: 'onnx', maxMemory }, { name: 'local', asker: 'Role chat', dir: '/' })
  }
  const model = 'npm:@anymodel/model-smollm2-135m-instruct'

  test('a model that is larger than maxMemory is refused before it is loaded', async () => {
    const provider = await open('1.5mb')
    const error: unknown = await generateText({ model: provider.text?.(model) as TextModel, prompt: 'hi' }).catch(
      (e) => e,
    )
    expect(isAnyModelError(error) && error.code).toBe('config')
    expect((error as Error).message).toContain('does not fit into maxMemory (1.5 MB)')
    await provider.close?.()
  })
})
