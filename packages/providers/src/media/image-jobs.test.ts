import { generateImage, type ImageModel } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { bfl } from '../bfl.ts'
import { fal } from '../fal.ts'
import { replicate } from '../replicate.ts'
import { png, serve } from '../testing/service.ts'

const jobs = { first: 5, most: 20, total: 5_000 }
const prompt = 'a cat'

describe('replicate', () => {
  const prediction = (origin: string, more: Record<string, unknown>) => ({
    id: 'p1',
    urls: { get: `${origin}/predictions/p1`, cancel: `${origin}/predictions/p1/cancel` },
    ...more,
  })
  const at = (origin: string): ImageModel =>
    replicate({ apiKey: 'r8_secret_token', baseURL: origin, jobs }).image('black-forest-labs/flux-dev')

  it('begins a prediction, looks until it has succeeded, and fetches the files', async () => {
    const { seen, origin } = await serve(({ path }, times, origin) => {
      if (path === '/out.png') return { bytes: png }
      if (path === '/predictions/p1' && times < 2)
        return { json: prediction(origin, { status: 'processing', logs: ` ${50 * times}%|###` }) }
      if (path === '/predictions/p1')
        return { json: prediction(origin, { status: 'succeeded', output: [`${origin}/out.png`] }) }
      return { status: 201, json: prediction(origin, { status: 'starting' }) }
    })
    const { images, response } = await generateImage({ model: at(origin), prompt, seed: 7, steps: 20, format: 'jpeg' })
    expect(images[0]).toMatchObject({ mediaType: 'image/png', width: 1 })
    expect(response.id).toBe('p1')
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/models/black-forest-labs/flux-dev/predictions',
      body: { input: { prompt, seed: 7, num_inference_steps: 20, output_format: 'jpg' } },
    })
    expect(seen[0]?.headers.authorization).toBe('Bearer r8_secret_token')
    expect(seen.at(-1)?.path).toBe('/out.png')
    expect(seen.at(-1)?.headers.authorization).toBeUndefined()
  })

  it('has a short job answered by one request, and waits in it as long as told', async () => {
    const { seen, origin } = await serve((_seen, _times, origin) => ({
      status: 201,
      json: prediction(origin, { status: 'succeeded', output: `data:image/png;base64,${png.toString('base64')}` }),
    }))
    const waiting = (wait?: number): ImageModel =>
      replicate({ apiKey: 'r8_secret_token', baseURL: origin, ...(wait !== undefined && { wait }) }).image('a/b')
    for (const wait of [undefined, 60, 0])
      expect((await generateImage({ model: waiting(wait), prompt })).images).toHaveLength(1)
    expect(seen.map(({ headers }) => headers.prefer)).toEqual(['wait=5', 'wait=60', undefined])
    await expect(generateImage({ model: waiting(61), prompt })).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(seen).toHaveLength(3)
  })

  it('asks models, versions and deployments at their places', async () => {
    const { seen, origin } = await serve((_seen, _times, origin) => ({
      json: prediction(origin, { status: 'succeeded', output: [`data:image/png;base64,${png.toString('base64')}`] }),
    }))
    const service = replicate({ apiKey: 'r8_secret_token', baseURL: origin })
    for (const id of ['a/b', 'a/b:0123', '0123', 'deployments/a/b'])
      await generateImage({ model: service.image(id), prompt })
    expect(seen.map(({ path, body }) => [path, body.version])).toEqual([
      ['/models/a/b/predictions', undefined],
      ['/predictions', '0123'],
      ['/predictions', '0123'],
      ['/deployments/a/b/predictions', undefined],
    ])
  })

  it('cancels the prediction when the caller gives up', async () => {
    const leaving = new AbortController()
    const { seen, origin } = await serve(({ path }, times, origin) => {
      if (path === '/predictions/p1' && times === 1) leaving.abort(new Error('enough'))
      return { json: prediction(origin, { status: 'starting' }) }
    })
    await expect(generateImage({ model: at(origin), prompt, signal: leaving.signal })).rejects.toThrow('enough')
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/predictions/p1/cancel' })
  })

  it('cancels the prediction when the loop is left', async () => {
    const { seen, origin } = await serve((_seen, _times, origin) => ({
      json: prediction(origin, { status: 'processing', logs: ' 50%|###' }),
    }))
    for await (const { type } of at(origin).generate({ prompt, count: 1 })) if (type === 'progress') break
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/predictions/p1/cancel' })
  })

  it('fails with what the model says, and knows a filter', async () => {
    let error = 'CUDA out of memory'
    const { origin } = await serve((_seen, _times, origin) => ({
      json: prediction(origin, { status: 'failed', error }),
    }))
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({
      code: 'server',
      message: /CUDA/,
    })
    error = 'NSFW content detected.'
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })

  it('never takes its credentials to an address of another host', async () => {
    const { origin } = await serve(() => ({
      json: { id: 'p1', status: 'starting', urls: { get: 'https://elsewhere.example/predictions/p1' } },
    }))
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('elsewhere.example'),
    })
  })

  it('says when a prediction has vanished, and when it takes too long', async () => {
    let gone = true
    const { origin } = await serve(({ path }, _times, origin) =>
      gone && path === '/predictions/p1'
        ? { status: 404, json: { detail: 'Prediction not found' } }
        : { json: prediction(origin, { status: 'processing' }) },
    )
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'not-found' })
    gone = false
    const hasty = replicate({ apiKey: 'r8_secret_token', baseURL: origin, jobs: { ...jobs, total: 50 } })
    await expect(generateImage({ model: hasty.image('a/b'), prompt })).rejects.toMatchObject({
      code: 'timeout',
      clock: 'total',
    })
  })
})

describe('fal', () => {
  it('submits to the queue, looks, and asks for the result; a picture found unsafe is held back', async () => {
    const urls = (origin: string) => ({
      request_id: 'q1',
      status_url: `${origin}/fal-ai/flux/requests/q1/status`,
      response_url: `${origin}/fal-ai/flux/requests/q1`,
      cancel_url: `${origin}/fal-ai/flux/requests/q1/cancel`,
    })
    const { seen, origin } = await serve(({ path }, times, origin) => {
      if (path === '/out.png') return { bytes: png }
      if (path.endsWith('/status'))
        return { json: { status: ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'][times], ...urls(origin) } }
      if (path.endsWith('/requests/q1')) {
        const file = { url: `${origin}/out.png`, content_type: 'image/png' }
        return { json: { images: [file, file], seed: 3, has_nsfw_concepts: [false, true] } }
      }
      return { json: { status: 'IN_QUEUE', ...urls(origin) } }
    })
    const model = fal({ apiKey: 'fal-secret-key', baseURL: origin, jobs }).image('fal-ai/flux')
    const { images, warnings } = await generateImage({ model, prompt, n: 2, size: '512x512' })
    expect(images).toHaveLength(1)
    expect(images[0]).toMatchObject({ seed: 3 })
    expect(warnings.map(({ message }) => message).join()).toMatch(/held pictures back.*gave 1 of 2/)
    expect(seen[0]).toMatchObject({
      path: '/fal-ai/flux',
      body: { num_images: 2, image_size: { width: 512, height: 512 } },
    })
    expect(seen[0]?.headers.authorization).toBe('Key fal-secret-key')
  })
})

describe('Black Forest Labs', () => {
  const at = (origin: string): ImageModel =>
    bfl({ apiKey: 'bfl-secret-key', baseURL: origin, jobs }).image('flux-2-pro')

  it('looks where the service says until the picture is ready', async () => {
    const { seen, origin } = await serve(({ path }, times, origin) => {
      if (path === '/sample.png') return { bytes: png }
      if (path.startsWith('/poll'))
        return {
          json:
            times === 0
              ? { id: 't1', status: 'Pending', progress: 0.5 }
              : { id: 't1', status: 'Ready', result: { sample: `${origin}/sample.png`, seed: 42 } },
        }
      return { json: { id: 't1', polling_url: `${origin}/poll?id=t1`, cost: 4.5 } }
    })
    const { images, response } = await generateImage({
      model: at(origin),
      prompt,
      images: [png, png],
      aspectRatio: '16:9',
    })
    expect(images[0]).toMatchObject({ seed: 42 })
    expect(response.details).toEqual({ credits: 4.5 })
    expect(seen[0]?.body).toMatchObject({ prompt, aspect_ratio: '16:9', input_image_2: png.toString('base64') })
    expect(seen[1]?.headers['x-key']).toBe('bfl-secret-key')
  })

  it('tells moderation and an expired link apart', async () => {
    let status = 'Content Moderated'
    const { origin } = await serve(({ path }, _times, origin) => {
      if (path === '/sample.png') return { status: 403, json: { error: 'expired' } }
      return path.startsWith('/poll')
        ? { json: { status, result: { sample: `${origin}/sample.png` } } }
        : { json: { polling_url: `${origin}/poll` } }
    })
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'content-filter' })
    status = 'Ready'
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('expired'),
    })
  })

  it('does not take a page for a picture service', async () => {
    const { origin } = await serve(() => ({ status: 502, json: '<html><title>Bad gateway</title></html>' }))
    await expect(generateImage({ model: at(origin), prompt })).rejects.toMatchObject({ code: 'server' })
  })
})
