import { describe, expect, it } from 'vitest'
import { drawn, predicted } from './image-formats.ts'

const target = { provider: 'google', model: 'm' }
const reply = (body: unknown) => ({ status: 200, headers: {}, body, asked: { path: '/' } })
const context = (prompt = 'a cat') => ({ target, call: { prompt, count: 1 } })

describe('pictures of Gemini', () => {
  it('puts pictures to start from before the words', () => {
    const images = [{ mediaType: 'image/png', data: Uint8Array.of(1, 2, 3) }]
    expect(drawn.request({ prompt: 'as a drawing', count: 1, images, aspectRatio: '16:9' }, target)).toMatchObject({
      path: '/models/m:generateContent',
      body: {
        contents: [
          { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AQID' } }, { text: 'as a drawing' }] },
        ],
        generationConfig: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '16:9' } },
      },
    })
  })

  it('leaves sketches of a model that thinks out', () => {
    const picture = (data: string, thought = false) => ({ inlineData: { mimeType: 'image/png', data }, thought })
    const step = drawn.read(
      reply({ candidates: [{ content: { parts: [picture('AAAA', true), picture('BBBB')] }, finishReason: 'STOP' }] }),
      context(),
    )
    expect(step).toMatchObject({
      type: 'done',
      result: { images: [{ media: { base64: 'BBBB' } }], filtered: undefined },
    })
  })

  it.each([
    [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }, /PROHIBITED_CONTENT/],
    [{ candidates: [{ finishReason: 'IMAGE_SAFETY' }] }, /IMAGE_SAFETY/],
    [
      { candidates: [{ finishReason: 'STOP', content: { parts: [{ text: 'I can not draw that.' }] } }] },
      /can not draw/,
    ],
  ])('says why there is no picture: %j', (body, why) => {
    const step = drawn.read(reply(body), context())
    expect(step.type === 'done' && step.result.images).toEqual([])
    expect(step.type === 'done' && step.result.filtered).toMatch(why)
  })
})

describe('pictures of Imagen', () => {
  it('asks for a seed without a watermark, which services refuse together', () => {
    expect(predicted.request({ prompt: 'a cat', count: 2, seed: 3, format: 'jpeg' }, target).body).toEqual({
      instances: [{ prompt: 'a cat' }],
      parameters: {
        sampleCount: 2,
        seed: 3,
        addWatermark: false,
        includeRaiReason: true,
        outputOptions: { mimeType: 'image/jpeg' },
      },
    })
  })

  it('tells what was filtered from what was drawn', () => {
    const read = (body: unknown) => predicted.read(reply(body), context())
    expect(read({ predictions: [{ bytesBase64Encoded: 'AAAA' }, { raiFilteredReason: 'a person' }] })).toMatchObject({
      result: { images: [{ media: { base64: 'AAAA' } }], filtered: 'a person' },
    })
    expect(read({})).toMatchObject({ result: { images: [], filtered: expect.stringContaining('filtered') } })
  })
})
