import { editImage, type generateImage, type ImageModel, upscaleImage } from '@anymodel/core'
import { bfl } from '@anymodel/providers/bfl'
import { fal } from '@anymodel/providers/fal'
import { ideogram } from '@anymodel/providers/ideogram'
import { openai } from '@anymodel/providers/openai'
import { recraft } from '@anymodel/providers/recraft'
import { replicate } from '@anymodel/providers/replicate'
import { stability } from '@anymodel/providers/stability'
import { webui } from '@anymodel/providers/webui'
import { drawn } from '../conformance/drawn.ts'
import { type ImageAdapter, imageAdapters } from './image-adapters.ts'
import { json } from './media-fault.ts'

const picture = drawn({ prompt: 'a cat' })
const instruction = 'a hat'

/** Asks for a picture that there is to be changed. */
interface ToolAdapter extends ImageAdapter {
  readonly ask: (model: ImageModel, image: Uint8Array) => ReturnType<typeof generateImage>
}

const inpaint: ToolAdapter['ask'] = (model, image) => editImage({ model, image, mask: picture, instruction })
const change: ToolAdapter['ask'] = (model, image) => editImage({ model, image, instruction })
const upscale: ToolAdapter['ask'] = (model, image) => upscaleImage({ model, image, factor: 2 })

/** What a service says of its ordinary model holds for its tools. */
const as = (name: string): ImageAdapter => imageAdapters[name] as ImageAdapter
const noPicture = json({ finish_reason: 'SUCCESS' })

/** Adapters that change pictures, where they are asked in another way than for new ones. */
export const toolAdapters: Readonly<Record<string, ToolAdapter>> = {
  'OpenAI, an edit': {
    ...as('OpenAI'),
    model: (at, more) => openai({ ...at('openai', '/v1'), ...more }).image('gpt-image-2'),
    ask: inpaint,
  },
  'Stability, a tool': {
    ...as('Stability'),
    model: (at, more) => stability({ ...at('stability', '/v2beta'), ...more }).image('edit/inpaint'),
    ask: inpaint,
  },
  'Stability, a job': {
    model: (at, more) =>
      stability({ ...at('stability', '/v2beta'), ...more }).image('edit/replace-background-and-relight'),
    ask: change,
    ...{ look: /^GET .*\/results\//, result: /^GET .*\/results\//, empty: noPicture },
    moderated: [json({ finish_reason: 'CONTENT_FILTERED' }), /harmful/],
    failed: [json({ name: 'internal', errors: ['Out of paint.'] }, 500), /Out of paint/],
  },
  'Recraft, a tool': {
    ...as('Recraft'),
    model: (at, more) => recraft({ ...at('recraft', '/v1'), ...more }).image('crispUpscale'),
    ask: upscale,
  },
  'Ideogram, a tool': {
    ...as('Ideogram'),
    model: (at, more) => ideogram({ ...at('ideogram'), ...more }).image('upscale'),
    ask: upscale,
  },
  'Black Forest Labs, a tool': {
    ...as('Black Forest Labs'),
    model: (at, more) => bfl({ ...at('bfl', '/v1'), ...more }).image('flux-pro-1.0-fill'),
    ask: inpaint,
  },
  'fal, an upscaler': {
    ...as('fal'),
    model: (at, more) => fal({ ...at('fal'), ...more }).image('fal-ai/clarity-upscaler'),
    ask: upscale,
  },
  'Replicate, an upscaler': {
    ...as('Replicate'),
    model: (at, more) => replicate({ ...at('replicate', '/v1'), ...more }).image('nightmareai/real-esrgan'),
    ask: upscale,
  },
  'the web UI, an upscaler': {
    ...as('the web UI of Stable Diffusion'),
    model: (at, more) => webui({ ...at('webui'), ...more }).image('default'),
    ask: upscale,
    ...{ result: /^POST .*extra-single-image/, empty: json({ image: '' }) },
  },
}
