import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateImage, streamImage } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'
import { afterEach, describe, expect, it } from 'vitest'
import { openai } from './openai.ts'
import { transparentMask } from './protocols/openai-images/mask.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const base64 = png.toString('base64')

interface Seen {
  readonly path: string
  readonly type: string
  readonly body: string
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(answer: (request: Seen) => { status?: number; type?: string; body: string | Buffer }) {
  const seen: Seen[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = {
      path: request.url ?? '',
      type: request.headers['content-type'] ?? '',
      body: Buffer.concat(chunks).toString('latin1'),
    }
    seen.push(one)
    const { status = 200, type = 'application/json', body } = answer(one)
    response.writeHead(status, { 'content-type': type }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return { seen, origin, at: openai({ apiKey: 'sk-test-12345678', baseURL: origin }) }
}

const drawn = (...data: unknown[]) =>
  JSON.stringify({
    created: 1,
    output_format: 'png',
    data,
    usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14 },
  })

describe('pictures by the images API', () => {
  it('asks for what the portable options say and gives bytes', async () => {
    const { at, seen } = await serve(() => ({ body: drawn({ b64_json: base64 }, { b64_json: base64 }) }))
    const { images, usage } = await generateImage({
      model: at.image('gpt-image-2.6-flare'),
      prompt: 'a cat',
      n: 2,
      size: '512x768',
      quality: 'low',
      background: 'transparent',
      format: 'png',
    })
    expect(images.map(({ mediaType, width }) => [mediaType, width])).toEqual([
      ['image/png', 1],
      ['image/png', 1],
    ])
    expect(usage).toMatchObject({ input: 5, output: 9, total: 14 })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      model: 'gpt-image-2.6-flare',
      prompt: 'a cat',
      n: 2,
      size: '512x768',
      quality: 'low',
      background: 'transparent',
      output_format: 'png',
    })
  })

  it('sends pictures to start from as a form', async () => {
    const { at, seen } = await serve(() => ({ body: drawn({ b64_json: base64 }) }))
    await generateImage({ model: at.image('gpt-image-1.5'), prompt: 'as a drawing', images: [png, png] })
    expect(seen[0]?.path).toBe('/images/edits')
    expect(seen[0]?.type).toMatch(/^multipart\/form-data; boundary=/)
    expect(seen[0]?.body.match(/name="image\[\]"; filename="file\.png"\r\ncontent-type: image\/png/g)).toHaveLength(2)
    expect(seen[0]?.body).toContain('as a drawing')
  })

  it('makes a mask that can be seen through where ours is white', () => {
    const white = encodePng({ width: 2, height: 1, data: Uint8Array.of(255, 255, 255, 0, 0, 0) })
    const { data, mediaType } = transparentMask({ mediaType: 'image/png', data: white })
    expect(mediaType).toBe('image/png')
    // On a black ground what is seen through is black; on a white one it is white, and what is kept stays black.
    expect([...decodePng(data, 255).data]).toEqual([255, 255, 255, 0, 0, 0])
    expect([...decodePng(data, 0).data]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('fetches a picture that is a link at once, without the key, and keeps the revised prompt', async () => {
    const { at, seen, origin } = await serve(({ path }) =>
      path === '/file.png'
        ? { type: 'image/png', body: png }
        : { body: drawn({ url: `${origin}/file.png`, revised_prompt: 'a fine cat' }) },
    )
    const { images } = await generateImage({
      model: at.image('dall-e-3'),
      prompt: 'a cat',
      aspectRatio: '16:9',
      quality: 'high',
    })
    expect(images[0]).toMatchObject({ mediaType: 'image/png', revisedPrompt: 'a fine cat' })
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      size: '1792x1024',
      quality: 'hd',
      response_format: 'b64_json',
    })
    expect(seen.map(({ path }) => path)).toEqual(['/images/generations', '/file.png'])
  })

  it('shows previews from a stream, and a stream that ends without the picture is an error', async () => {
    const event = (type: string, more = {}) =>
      `event: ${type}\r\ndata: ${JSON.stringify({ type, b64_json: base64, ...more })}\r\n\r\n`
    let whole = true
    const { at } = await serve(() => ({
      type: 'text/event-stream',
      body:
        event('image_generation.partial_image', { partial_image_index: 0 }) +
        (whole ? event('image_generation.completed') : ''),
    }))
    const ask = () => streamImage({ model: at.image('gpt-image-2'), prompt: 'a cat', previews: true })
    const types: string[] = []
    for await (const { type } of ask()) types.push(type)
    expect(types.filter((type) => type !== 'notice')).toEqual(['preview', 'image', 'finish'])
    whole = false
    await expect(ask().result).rejects.toMatchObject({ code: 'truncated' })
  })

  it('says why a picture was refused', async () => {
    const error = { error: { code: 'moderation_blocked', message: 'Your request was rejected by the safety system.' } }
    const { at } = await serve(() => ({ status: 400, body: JSON.stringify(error) }))
    await expect(generateImage({ model: at.image('gpt-image-2'), prompt: 'x' })).rejects.toMatchObject({
      code: 'content-filter',
      provider: 'openai',
      model: 'gpt-image-2',
    })
  })
})
