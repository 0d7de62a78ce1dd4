import { generateImage, type ImageModel } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { google } from './google.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { type Reply, serve } from './testing/service.ts'

/** The error of a picture that a service answers so. */
async function errorOf(reply: Reply, model: (at: { apiKey: string; baseURL: string }) => ImageModel): Promise<Error> {
  const { origin } = await serve(() => reply)
  const asked = generateImage({ model: model({ apiKey: 'secret-key-1234', baseURL: origin }), prompt: 'a cat' })
  return asked.then(
    () => new Error('no error'),
    (error: Error) => error,
  )
}

const noModel: Reply = { status: 404, json: { error: { code: 'model_not_found', message: 'No such model.' } } }

describe('the error of a model that a service has no more', () => {
  it.each([
    ['dall-e-3', /2026-05-12: use gpt-image-2\.6/],
    ['dall-e-2', /2026-05-12: use gpt-image-2\.6/],
    ['gpt-image-1', /2026-10-23: use gpt-image-2\.6/],
    ['gpt-image-1-mini', /2026-12-01: use gpt-image-2\.6/],
  ])('names the successor of %s at OpenAI', async (id, words) => {
    const error = await errorOf(noModel, (at) => openai(at).image(id))
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringMatching(words) })
    expect(error.message).toContain('No such model.')
  })

  it('names the successor where the service says it with a 400', async () => {
    const json = { error: { code: 'invalid_value', message: 'The model dall-e-3 is deprecated.' } }
    const error = await errorOf({ status: 400, json }, (at) => openai(at).image('dall-e-3'))
    expect(error).toMatchObject({ code: 'bad-request', message: expect.stringMatching(/use gpt-image-2\.6/) })
  })

  it('names the successor of Imagen at Google', async () => {
    const json = { error: { code: 404, status: 'NOT_FOUND', message: 'models/imagen-4.0-generate-001 is not found.' } }
    const error = await errorOf({ status: 404, json }, (at) => google(at).image('imagen-4.0-generate-001'))
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringMatching(/use gemini-3-pro-image/) })
  })

  it.each([
    ['another model', noModel, (at: { apiKey: string; baseURL: string }) => openai(at).image('gpt-image-2')],
    [
      'the same name at another service',
      noModel,
      (at: { apiKey: string; baseURL: string }) => openaiCompatible({ ...at, name: 'house' }).image('dall-e-3'),
    ],
    [
      'a request that is wrong in another way',
      { status: 400, json: { error: { message: 'Your prompt is empty.' } } },
      (at: { apiKey: string; baseURL: string }) => openai(at).image('dall-e-3'),
    ],
  ] as const)('says nothing of the kind for %s', async (_what, reply, model) => {
    expect((await errorOf(reply, model)).message).not.toMatch(/last day|use gpt-image/)
  })
})
