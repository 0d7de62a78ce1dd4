import { editImage, upscaleImage } from '@anymodel/core'
import { decodePng, encodePng } from '@anymodel/core/png'
import { describe, expect, it } from 'vitest'
import { google } from '../google.ts'
import { openai } from '../openai.ts'
import { formOf, png, type Seen, serve } from '../testing/service.ts'
import { webui } from '../webui.ts'

const base64 = png.toString('base64')
const withoutLooks = (seen: readonly Seen[]) => seen.filter(({ path }) => !path.startsWith('/sdapi/v1/progress'))

describe('the web UI of Stable Diffusion', () => {
  const answering = (upscaled: unknown) =>
    serve(({ path }) => {
      if (path.endsWith('/extra-single-image')) return { json: { html_info: '', image: upscaled } }
      return { json: { images: [base64], info: '{"all_seeds":[4]}' } }
    })

  it('upscales by a factor or to a size, by an upscaler that extra names', async () => {
    const { seen, origin } = await answering(`data:image/png;base64,${base64}`)
    const model = webui({ baseURL: origin }).image('sdxl.safetensors')
    const { images } = await upscaleImage({ model, image: png, factor: 3 })
    expect(images).toMatchObject([{ mediaType: 'image/png', width: 1, height: 1 }])
    await upscaleImage({ model, image: png, size: '40x30', extra: { upscaler_1: 'Lanczos' } })
    await upscaleImage({ model, image: png })
    expect(withoutLooks(seen).map(({ path, body }) => ({ path, body }))).toEqual(
      [
        { upscaler_1: 'R-ESRGAN 4x+', resize_mode: 0, upscaling_resize: 3 },
        {
          ...{ upscaler_1: 'Lanczos', resize_mode: 1, upscaling_crop: true },
          ...{ upscaling_resize_w: 40, upscaling_resize_h: 30 },
        },
        { upscaler_1: 'R-ESRGAN 4x+', resize_mode: 0, upscaling_resize: 2 },
      ].map((body) => ({ path: '/sdapi/v1/extra-single-image', body: { image: base64, ...body } })),
    )
  })

  it.each([undefined, '', 7])('an answer whose picture is %s is malformed', async (image) => {
    const { origin } = await answering(image)
    const asked = upscaleImage({ model: webui({ baseURL: origin }).image('default'), image: png })
    await expect(asked).rejects.toMatchObject({ code: 'malformed' })
  })

  it('makes variations, and paints beyond edges by a mask', async () => {
    const { seen, origin } = await answering(base64)
    const model = webui({ baseURL: origin }).image('default')
    await editImage({ model, image: png, strength: 0.3 })
    const { warnings } = await editImage({ model, image: png, instruction: 'a meadow', outpaint: { right: 2 } })
    expect(warnings).toMatchObject([{ option: 'outpaint' }])
    const [variation, wider] = withoutLooks(seen)
    expect(variation).toMatchObject({ path: '/sdapi/v1/img2img', body: { prompt: '', denoising_strength: 0.3 } })
    const sizeOf = (file: unknown) => decodePng(Buffer.from(String(file), 'base64'), 0)
    const { init_images: [picture] = [], mask } = (wider?.body ?? {}) as { init_images?: string[]; mask?: string }
    expect(sizeOf(picture)).toMatchObject({ width: 3, height: 1 })
    expect([...sizeOf(mask).data]).toEqual([0, 0, 0, 255, 255, 255, 255, 255, 255])
  })
})

describe("OpenAI's images", () => {
  it('paints beyond edges by a mask whose holes are what is new', async () => {
    const { seen, origin } = await serve(() => ({ json: { data: [{ b64_json: base64 }] } }))
    const model = openai({ baseURL: `${origin}/v1`, apiKey: 'sk-test' }).image('gpt-image-2')
    const image = encodePng({ width: 64, height: 64, data: new Uint8Array(3 * 64 * 64) })
    const { warnings } = await editImage({ model, image, instruction: 'a meadow', outpaint: { bottom: 64 } })
    expect(warnings).toMatchObject([{ option: 'outpaint' }])
    expect(seen[0]?.path).toBe('/v1/images/edits')
    const form = await formOf(seen[0])
    expect(form).toMatchObject({ prompt: 'a meadow', size: '64x128' })
    expect(decodePng(form.image as Buffer, 0)).toMatchObject({ width: 64, height: 128 })
    // Clear pixels take the colour of the ground.
    const { data } = decodePng(form.mask as Buffer, 77)
    expect([...data.subarray(-3)]).toEqual([77, 77, 77])
    expect([...data.subarray(0, 3)]).not.toEqual([77, 77, 77])
  })
})

describe('what a model lacks', () => {
  it('is refused before anything is sent, and the error says what to do', async () => {
    const { seen, origin } = await serve(() => ({ json: {} }))
    const at = { baseURL: `${origin}/v1`, apiKey: 'key-12345678' }
    const gemini = google(at).image('gemini-3-pro-image')
    const asked = {
      'say in words what to change': editImage({ model: gemini, image: png }),
      'does not paint within a mask': editImage({ model: gemini, image: png, mask: png, instruction: 'red' }),
      'beyond the edges': editImage({ model: gemini, image: png, outpaint: { left: 8 }, instruction: 'red' }),
      'does not upscale': upscaleImage({ model: openai(at).image('gpt-image-2'), image: png }),
      'does not start from pictures': editImage({ model: google(at).image('imagen-4'), image: png, instruction: 'x' }),
    }
    for (const [message, promise] of Object.entries(asked))
      await expect(promise).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining(message) })
    expect(seen).toEqual([])
  })
})
