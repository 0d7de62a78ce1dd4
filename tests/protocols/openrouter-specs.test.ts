import { generateImage, generateText, type ImageOptions } from '@anymodel/core'
import { openrouter } from '@anymodel/providers/openrouter'
import { describe, expect, test } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { missingSpec, type Spec, validators } from './openapi.ts'

const file = 'openrouter/.speakeasy/out.openapi.yaml'
const images: Spec = { file, request: 'ImageGenerationRequest', reply: 'ImageGenerationResponse' }
const chat: Spec = { file, request: 'ChatRequest', reply: 'ChatResult' }

const missing = missingSpec(images)
const titled = (title: string) => `${title}${missing ? ` (${missing})` : ''}`

const prompt = 'a red panda'
const png = drawn({ prompt })
const picture = `data:image/png;base64,${png.toString('base64')}`

const calls: readonly Omit<ImageOptions, 'model'>[] = [
  { prompt },
  { prompt, aspectRatio: '16:9', seed: 4, quality: 'high', background: 'transparent', format: 'webp' },
  { prompt, size: '2048x1024', images: [png, png] },
]

/** An OpenRouter that keeps what it is asked, and gives one answer. */
function asked(answer: object) {
  const bodies: Record<string, unknown>[] = []
  const fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    bodies.push(JSON.parse(String(init?.body)))
    return Response.json(answer)
  }
  const at = openrouter({ apiKey: 'key', baseURL: 'http://127.0.0.1:1', fetch: fetch as typeof globalThis.fetch })
  return { bodies, at }
}

function expectValid({ request, fields }: ReturnType<typeof validators>, body: object | undefined) {
  expect(request?.(body), JSON.stringify(request?.errors)).toBe(true)
  expect(Object.keys(body ?? {}).filter((field) => !fields.includes(field))).toEqual([])
}

describe("OpenRouter's pictures are asked for and answered as its specification says", () => {
  test.skipIf(missing)(titled('by the images API'), async () => {
    const spec = validators(images)
    const answer = { created: 1, data: [{ b64_json: png.toString('base64'), media_type: 'image/png' }] }
    expect(spec.reply?.(answer), JSON.stringify(spec.reply?.errors)).toBe(true)
    for (const call of calls)
      for (const previews of [false, true]) {
        const { bodies, at } = asked(answer)
        await generateImage({ ...call, model: at.image('openai/gpt-5-image'), previews })
        expectValid(spec, bodies[0])
      }
  })

  test.skipIf(missing)(titled('in a chat, and in the turn after it'), async () => {
    const spec = validators(chat)
    const message = { role: 'assistant', content: 'Here.', images: [{ image_url: { url: picture } }] }
    const choices = [{ index: 0, finish_reason: 'stop', logprobs: null, message }]
    const answer = { id: 'gen-1', object: 'chat.completion', created: 1, model: 'm', system_fingerprint: null, choices }
    expect(spec.reply?.(answer), JSON.stringify(spec.reply?.errors)).toBe(true)
    const { bodies, at } = asked(answer)
    const model = at.text('google/gemini-2.5-flash-image')
    const { files, messages } = await generateText({ model, prompt, delivery: 'whole' })
    expect(files.map(({ data }) => Buffer.from(data))).toEqual([png])
    const next = [...messages, { role: 'user', content: 'Now in blue.' }] as const
    await generateText({ model, messages: next, delivery: 'whole' })
    for (const body of bodies) {
      expectValid(spec, body)
      expect(body.modalities).toEqual(['image', 'text'])
    }
    expect(JSON.stringify(bodies[1]?.messages)).toContain(picture)
  })
})
