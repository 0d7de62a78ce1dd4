import { generateImage } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { huggingface } from '../huggingface.ts'
import { ideogram } from '../ideogram.ts'
import { luma } from '../luma.ts'
import { midjourney } from '../midjourney.ts'
import { stability } from '../stability.ts'
import { png, serve } from '../testing/service.ts'
import { webui } from '../webui.ts'

const jobs = { first: 5, most: 20, total: 5_000 }
const prompt = 'a cat'
const base64 = png.toString('base64')
const field = (text: string, name: string): string | undefined =>
  new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)`).exec(text)?.[1]

describe('Stability', () => {
  it('is asked by a form, and a filtered picture is an error', async () => {
    let reason = 'SUCCESS'
    const { seen, origin } = await serve(() => ({ json: { image: base64, seed: 9, finish_reason: reason } }))
    const model = stability({ apiKey: 'sk-secret-key', baseURL: origin }).image('sd3.5-large')
    const { images } = await generateImage({ model, prompt, images: [png], strength: 0.3, seed: 9, format: 'png' })
    expect(images[0]).toMatchObject({ mediaType: 'image/png', seed: 9 })
    const { text = '' } = seen[0] ?? {}
    expect(seen[0]?.path).toBe('/stable-image/generate/sd3')
    expect(seen[0]?.headers.accept).toBe('application/json')
    expect(['model', 'mode', 'strength', 'seed'].map((name) => field(text, name))).toEqual([
      'sd3.5-large',
      'image-to-image',
      '0.3',
      '9',
    ])
    reason = 'CONTENT_FILTERED'
    await expect(generateImage({ model, prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })

  it('knows moderation of a prompt by its status and name', async () => {
    const error = { id: '1', name: 'content_moderation', errors: ['Your request was flagged by our system.'] }
    const { origin } = await serve(() => ({ status: 403, json: error }))
    const model = stability({ apiKey: 'sk-secret-key', baseURL: origin }).image('core')
    await expect(generateImage({ model, prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })
})

describe('Hugging Face', () => {
  it('gives bytes, and a page instead of a picture is not one', async () => {
    let page = false
    const { seen, origin } = await serve(() =>
      page ? { text: '<html><title>Login</title></html>', type: 'text/html' } : { bytes: png },
    )
    const model = huggingface({ apiKey: 'hf_secret_key', baseURL: origin }).image('org/model')
    const { images } = await generateImage({ model, prompt, steps: 4, size: '512x512' })
    expect(images[0]).toMatchObject({ mediaType: 'image/png', width: 1 })
    expect(seen[0]).toMatchObject({
      path: '/hf-inference/models/org/model',
      body: { inputs: prompt, parameters: { num_inference_steps: 4, width: 512, height: 512 } },
    })
    page = true
    await expect(generateImage({ model, prompt })).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('the web UI of Stable Diffusion', () => {
  it('draws from a picture within a mask, and leaves the grid out', async () => {
    const info = JSON.stringify({ all_seeds: [4, 5] })
    const { seen, origin } = await serve(() => ({ json: { images: ['R1JJRA==', base64, base64], info } }))
    const model = webui({ baseURL: origin, apiKey: 'user:password' }).image('sdxl.safetensors')
    const { images } = await generateImage({ model, prompt, n: 2, images: [png], mask: png, steps: 3, guidance: 6 })
    expect(images.map(({ seed }) => seed)).toEqual([4, 5])
    expect(seen[0]).toMatchObject({
      path: '/sdapi/v1/img2img',
      body: {
        batch_size: 2,
        cfg_scale: 6,
        init_images: [base64],
        mask: base64,
        override_settings: { sd_model_checkpoint: 'sdxl.safetensors' },
      },
    })
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:password').toString('base64')}`)
  })
})

describe('Midjourney by a proxy', () => {
  it('is off until its terms are accepted', () => {
    expect(() => midjourney({ acceptTerms: false, baseURL: 'http://127.0.0.1:1' })).toThrow(/terms forbid automation/)
  })

  it('warns, puts options into the prompt, and looks at the task', async () => {
    const { seen, origin } = await serve(({ path }, times, origin) => {
      if (path === '/out.png') return { bytes: png }
      if (path === '/mj/submit/imagine') return { json: { code: 1, description: 'ok', result: '77' } }
      return {
        json:
          times === 0
            ? { id: '77', status: 'IN_PROGRESS', progress: '40%' }
            : { id: '77', status: 'SUCCESS', imageUrl: `${origin}/out.png` },
      }
    })
    const model = midjourney({ acceptTerms: true, baseURL: origin, apiKey: 'mj-secret-key', jobs }).image()
    const { images, warnings } = await generateImage({ model, prompt, aspectRatio: '16:9', negativePrompt: 'dogs' })
    expect(images).toHaveLength(1)
    expect(warnings[0]?.message).toMatch(/terms forbid automation/)
    expect(seen[0]?.body).toMatchObject({ prompt: 'a cat --ar 16:9 --no dogs' })
    expect(seen[0]?.headers['mj-api-secret']).toBe('mj-secret-key')
  })

  it('knows a banned word', async () => {
    const { origin } = await serve(() => ({ json: { code: 24, description: 'may contain sensitive words' } }))
    const model = midjourney({ acceptTerms: true, baseURL: origin, jobs }).image()
    await expect(generateImage({ model, prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })
})

describe('Ideogram', () => {
  it('is asked by a form; what it takes for unsafe comes without a link', async () => {
    const { seen, origin } = await serve(({ path }, _times, origin) =>
      path === '/out.png'
        ? { bytes: png }
        : {
            json: {
              data: [
                { url: `${origin}/out.png`, prompt: 'a fine cat', seed: 2, is_image_safe: true },
                { url: null, is_image_safe: false },
              ],
            },
          },
    )
    const model = ideogram({ apiKey: 'ideogram-secret', baseURL: origin }).image('ideogram-v3')
    const { images, warnings } = await generateImage({ model, prompt, n: 2, quality: 'high', aspectRatio: '16:9' })
    expect(images).toMatchObject([{ revisedPrompt: 'a fine cat', seed: 2 }])
    expect(warnings.length).toBeGreaterThan(0)
    const { text = '' } = seen[0] ?? {}
    expect(seen[0]?.path).toBe('/v1/ideogram-v3/generate')
    expect(field(text, 'rendering_speed')).toBe('QUALITY')
    expect(field(text, 'aspect_ratio')).toBe('16x9')
  })
})

describe('Luma', () => {
  it('looks at a generation until it is completed, and says why one failed', async () => {
    let fails = false
    const { seen, origin } = await serve(({ path }, times, origin) => {
      if (path === '/out.png') return { bytes: png }
      if (path === '/generations/image') return { status: 201, json: { id: 'g1', state: 'queued' } }
      if (fails) return { json: { id: 'g1', state: 'failed', failure_reason: '400: prompt not allowed (moderation)' } }
      return {
        json:
          times === 0
            ? { id: 'g1', state: 'dreaming' }
            : { id: 'g1', state: 'completed', assets: { image: `${origin}/out.png` } },
      }
    })
    const model = luma({ apiKey: 'luma-secret-key', baseURL: origin, jobs }).image('photon-1')
    expect((await generateImage({ model, prompt, format: 'jpeg' })).images).toHaveLength(1)
    expect(seen[0]?.body).toEqual({ model: 'photon-1', prompt, format: 'jpg' })
    fails = true
    await expect(generateImage({ model, prompt })).rejects.toMatchObject({ code: 'content-filter' })
  })
})
