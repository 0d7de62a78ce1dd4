import { generateImage, generateText, streamImage } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { openrouter } from './openrouter.ts'
import { png, type Reply, type Seen, serve } from './testing/service.ts'

const base64 = png.toString('base64')
const dataUrl = `data:image/png;base64,${base64}`
const usage = { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14, cost: 0.04 }

async function service(answer: (seen: Seen) => Reply) {
  const { seen, origin } = await serve(answer)
  return { seen, at: openrouter({ apiKey: 'sk-or-12345678', baseURL: origin }) }
}

describe('pictures at OpenRouter', () => {
  it('are asked for in its words, and cost what it says', async () => {
    const { at, seen } = await service(() => ({
      json: { created: 1, data: [{ b64_json: base64, media_type: 'image/png' }], usage },
    }))
    const model = at.image('bytedance-seed/seedream-4.5')
    const {
      images,
      usage: counted,
      response,
    } = await generateImage({
      model,
      prompt: 'a red panda',
      images: [png],
      aspectRatio: '16:9',
      seed: 4,
      format: 'webp',
    })
    expect(seen[0]?.path).toBe('/images')
    expect(seen[0]?.body).toEqual({
      model: 'bytedance-seed/seedream-4.5',
      prompt: 'a red panda',
      n: 1,
      aspect_ratio: '16:9',
      output_format: 'webp',
      seed: 4,
      input_references: [{ type: 'image_url', image_url: { url: dataUrl } }],
    })
    expect(images.map(({ data, mediaType }) => [Buffer.from(data), mediaType])).toEqual([[png, 'image/png']])
    expect(counted).toMatchObject({ input: 5, output: 9, total: 14 })
    expect(response.details).toEqual({ cost: 0.04 })
  })

  it('are shown on the way by models of OpenAI, and come whole where the maker does not stream', async () => {
    const parts = [
      { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: base64 },
      { type: 'image_generation.completed', b64_json: base64, created: 1, media_type: 'image/png', usage },
    ].map((event) => `data: ${JSON.stringify(event)}\n\n`)
    const text = `: OPENROUTER PROCESSING\n\n${parts.join('')}data: [DONE]\n\n`
    const replies: Reply[] = [
      { type: 'text/event-stream', text },
      { json: { created: 1, data: [{ b64_json: base64 }], usage } },
    ]
    const { at, seen } = await service(() => replies[seen.length - 1] as Reply)
    for (const previews of [1, 0]) {
      const stream = streamImage({ model: at.image('openai/gpt-5-image'), prompt: 'a red panda', previews: true })
      let shown = 0
      for await (const event of stream) if (event.type === 'preview') shown++
      const { images, response } = await stream.result
      expect([shown, images.length]).toEqual([previews, 1])
      expect(response.details).toEqual({ cost: 0.04 })
    }
    expect(seen.map(({ body }) => [body.stream, body.partial_images])).toEqual([
      [true, undefined],
      [true, undefined],
    ])
  })

  it('fail with the reason that stands in a stream, or under status 200', async () => {
    const error = { message: 'Flagged by the safety system.', code: 'content_policy_violation' }
    const replies: Reply[] = [
      { type: 'text/event-stream', text: `data: ${JSON.stringify({ type: 'error', error })}\n\n` },
      { json: { error } },
    ]
    for (const reply of replies) {
      const { at } = await service(() => reply)
      const asked = streamImage({ model: at.image('openai/gpt-5-image'), prompt: 'x', previews: true }).result
      await expect(asked).rejects.toMatchObject({ code: 'content-filter' })
    }
  })
})

describe('chats at OpenRouter', () => {
  it('tell input that was flagged from keys that are refused, which have the same status', async () => {
    const reasons = { reasons: ['violence'], flagged_input: 'How do I', provider_name: 'OpenAI' }
    const errors = {
      'content-filter': {
        code: 403,
        message: 'openai/gpt-5 requires moderation on OpenAI. Your input was flagged for "violence".',
        metadata: reasons,
      },
      auth: { code: 403, message: 'Only management keys can perform this operation.' },
    }
    for (const [code, error] of Object.entries(errors)) {
      const { at } = await service(() => ({ status: 403, json: { error } }))
      const asked = generateText({ model: at.text('openai/gpt-5'), prompt: 'How do I', delivery: 'whole' })
      await expect(asked).rejects.toMatchObject({ code, status: 403, providerCode: '403' })
    }
  })

  it('ask models that draw for pictures too, and no others', async () => {
    const { at, seen } = await service(() => ({ json: { id: '1', choices: [{ message: { content: 'Hi' } }] } }))
    for (const id of ['google/gemini-3-pro-image-preview', 'openai/gpt-5-image-mini', 'openai/gpt-5'])
      await generateText({ model: at.text(id), prompt: 'Hi', delivery: 'whole' })
    expect(seen.map(({ body }) => body.modalities)).toEqual([['image', 'text'], ['image', 'text'], undefined])
  })
})
