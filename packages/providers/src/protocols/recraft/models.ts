import type { ImageSupport } from '@anymodel/core'

const v4: ImageSupport = { maxCount: 6, images: 1, knobs: ['size', 'aspectRatio', 'strength'] }
const v3: ImageSupport = {
  tasks: ['generate', 'edit', 'outpaint'],
  maxCount: 6,
  images: 1,
  mask: true,
  knobs: ['size', 'aspectRatio', 'strength', 'negativePrompt'],
}
const v2: ImageSupport = { maxCount: 6, knobs: ['size', 'aspectRatio', 'negativePrompt'] }

/** Tools for a picture, by the names that their paths have. */
const tools: Readonly<Record<string, ImageSupport>> = {
  replaceBackground: { tasks: ['edit'], maxCount: 6, knobs: ['negativePrompt'] },
  generateBackground: { tasks: ['edit'], maxCount: 6, mask: true, knobs: ['negativePrompt'] },
  eraseRegion: { tasks: ['edit'], mask: true },
  removeBackground: { tasks: ['variation'] },
  vectorize: { tasks: ['variation'] },
  variateImage: { tasks: ['variation'], maxCount: 6, knobs: ['size', 'aspectRatio', 'seed'] },
  crispUpscale: { tasks: ['upscale'] },
  creativeUpscale: { tasks: ['upscale'] },
}

/** What a tool can do; `undefined` for a model. */
export const toolSupport = (id: string): ImageSupport | undefined => tools[id]

/** What a model can do. One that is not known is taken for one of the newest. */
export const modelSupport = (id: string): ImageSupport => (/^recraftv2/.test(id) ? v2 : /^recraftv3/.test(id) ? v3 : v4)
