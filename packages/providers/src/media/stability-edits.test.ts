import { editImage, generateImage, upscaleImage } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { stability } from '../stability.ts'
import { formOf, png, type Reply, type Seen, serve } from '../testing/service.ts'

const picture = { image: png.toString('base64'), finish_reason: 'SUCCESS', seed: 9 }
const at = async (answer: (seen: Seen, times: number) => Reply = () => ({ json: picture })) => {
  const { seen, origin } = await serve(answer)
  const jobs = { first: 5, most: 20, total: 5_000 }
  return { seen, image: stability({ apiKey: 'sk-secret-key', baseURL: origin, jobs }).image }
}
const edit = { image: png, mask: png, instruction: 'a hat' }

describe('tools of Stability', () => {
  it('paint within a mask, erase, and take off a background', async () => {
    const { seen, image } = await at()
    const { images } = await editImage({ ...edit, model: image('edit/inpaint'), seed: 4, format: 'webp' })
    const erased = await editImage({ ...edit, model: image('edit/erase') })
    await editImage({ model: image('edit/remove-background'), image: png })
    expect(images[0]).toMatchObject({ seed: 9, mediaType: 'image/png' })
    expect(seen.map(({ path }) => path)).toEqual([
      '/stable-image/edit/inpaint',
      '/stable-image/edit/erase',
      '/stable-image/edit/remove-background',
    ])
    expect(await Promise.all(seen.map(formOf))).toEqual([
      { prompt: 'a hat', seed: '4', output_format: 'webp', image: png, mask: png },
      { image: png, mask: png },
      { image: png },
    ])
    expect(erased.warnings.map(({ option }) => option)).toEqual(['prompt'])
  })

  it('paint beyond the edges, and put a subject before another background', async () => {
    const { seen, image } = await at()
    await editImage({ model: image('edit/outpaint'), image: png, outpaint: { left: 20, bottom: 7 } })
    const background = { model: image('edit/replace-background-and-relight'), images: [png, png] }
    await editImage({ ...background, instruction: 'a beach', extra: { light_source_direction: 'left' } })
    expect(await Promise.all(seen.map(formOf))).toEqual([
      { left: '20', right: '0', up: '0', down: '7', image: png },
      {
        ...{ background_prompt: 'a beach', light_source_direction: 'left' },
        ...{ subject_image: png, background_reference: png },
      },
    ])
  })

  it('say what they need before anything is sent', async () => {
    const { seen, image } = await at()
    const words = { image: png, instruction: 'a hat' }
    const asked = [
      editImage({ ...words, model: image('edit/search-and-replace') }),
      editImage({ ...words, model: image('edit/search-and-recolor'), extra: { search_prompt: 'hair' } }),
      upscaleImage({ model: image('upscale/conservative'), image: png }),
      editImage({ model: image('edit/inpaint'), image: png, mask: png }),
    ]
    const errors = await Promise.all(asked.map((one) => one.catch((error: unknown) => error)))
    expect(errors.map((error) => (error as { code?: string }).code)).toEqual(asked.map(() => 'invalid-argument'))
    expect(errors.map(String).join()).toMatch(/search_prompt.*select_prompt.*words.*words/)
    await expect(generateImage({ model: image('upscale/fast'), prompt: 'a cat' })).rejects.toMatchObject({
      code: 'unsupported',
    })
    expect(seen).toHaveLength(0)
    await editImage({ ...words, model: image('edit/search-and-replace'), extra: { search_prompt: 'a cap' } })
    expect(await formOf(seen[0])).toEqual({ prompt: 'a hat', search_prompt: 'a cap', image: png })
  })

  it('upscale at once, or by a job that is looked at until it is done', async () => {
    const { seen, image } = await at(({ path, method }, times) => {
      if (path === '/stable-image/upscale/creative') return { status: 202, json: { id: 'job 1' } }
      if (method === 'POST') return { json: picture }
      if (times < 2) return { status: 202, json: { id: 'job 1', status: 'in-progress' } }
      return { json: { result: png.toString('base64'), finish_reason: 'SUCCESS', seed: 3 } }
    })
    const fast = await upscaleImage({ model: image('upscale/fast'), image: png, factor: 3 })
    expect(fast.warnings.map(({ option }) => option)).toEqual(['factor'])
    const job = { model: image('upscale/creative'), image: png, prompt: 'a cat' }
    const { images } = await upscaleImage({ ...job, extra: { creativity: 0.4 } })
    expect(images[0]).toMatchObject({ seed: 3, width: 1 })
    expect(await formOf(seen[1])).toEqual({ prompt: 'a cat', creativity: '0.4', image: png })
    expect(seen.slice(2).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /results/job%201',
      'GET /results/job%201',
      'GET /results/job%201',
    ])
    expect(seen[4]?.headers).toMatchObject({ accept: 'application/json', authorization: 'Bearer sk-secret-key' })
  })

  it('end in an error of ours for a job without a picture, one that is filtered, and one that has vanished', async () => {
    let last: Reply = { json: { finish_reason: 'CONTENT_FILTERED' } }
    const { image } = await at(({ method }) => (method === 'POST' ? { status: 202, json: { id: 'j' } } : last))
    const upscale = () => upscaleImage({ model: image('upscale/creative'), image: png, prompt: 'a cat' })
    await expect(upscale()).rejects.toMatchObject({ code: 'content-filter' })
    last = { json: { id: 'j' } }
    await expect(upscale()).rejects.toMatchObject({ code: 'malformed' })
    last = { status: 404, json: { id: 'x', name: 'not_found', errors: ['id: not found'] } }
    await expect(upscale()).rejects.toMatchObject({ code: 'not-found', message: /no more/ })
  })
})
