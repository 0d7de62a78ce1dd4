import type { ImageSupport, Json } from '@anymodel/core'

/** What one request can say, for the models whose ids match. */
export interface ImagesRule {
  readonly match: RegExp
  readonly supports: ImageSupport
  /** Sizes that it draws: any other is drawn in the nearest shape of them, with a warning. Default: any. */
  readonly sizes?: readonly `${number}x${number}`[]
  /** What the portable qualities are called. Default: as they are. */
  readonly qualities?: Readonly<Record<'low' | 'medium' | 'high', string>>
  /** Fields of every request. */
  readonly fields?: Readonly<Record<string, Json>>
}

/** How a service's images API differs from OpenAI's. */
export interface ImagesDialect {
  /** The first that matches a model's id. */
  readonly models: readonly ImagesRule[]
  /** Where pictures are asked for. Default `/images/generations`. */
  readonly path?: string
  /** How pixels are asked for. Default `size`: `WIDTHxHEIGHT`. */
  readonly size?: 'size' | 'width-height'
  /** Fields for the portable options that have another name than in `fieldNames`. */
  readonly names?: Readonly<
    Partial<Record<'aspectRatio' | 'format' | 'guidance' | 'negativePrompt' | 'seed' | 'steps', string>>
  >
  /** How pictures to start from are sent. Default `form`, to `/images/edits`. `json-edits`: as data URLs to the same path. `image_url`: as a field of the ordinary request, several as `reference_images`; `input_references`: several, likewise. */
  readonly inputs?: 'form' | 'json-edits' | 'image_url' | 'input_references'
  /** How many pictures on the way are asked for: `counted`, or as many as there are. Default `counted`. */
  readonly previews?: 'counted' | 'any'
}

/** Fields of the portable options, for services that take them. */
export const fieldNames = {
  aspectRatio: 'aspect_ratio',
  format: 'output_format',
  guidance: 'guidance_scale',
  negativePrompt: 'negative_prompt',
  seed: 'seed',
  steps: 'steps',
} as const

const gptSizes = ['1024x1024', '1536x1024', '1024x1536'] as const

const gpt: ImageSupport = {
  maxCount: 10,
  images: 16,
  mask: true,
  previews: true,
  knobs: ['size', 'aspectRatio', 'quality', 'background', 'format'],
}

/** OpenAI's own models, DALL-E 3 included, which compatible servers still speak. An id that is not known is taken for one of the newest. */
export const openaiImageModels: ImagesDialect = {
  models: [
    {
      match: /^dall-e-3/,
      supports: { maxCount: 1, knobs: ['size', 'aspectRatio', 'quality'] },
      sizes: ['1024x1024', '1792x1024', '1024x1792'],
      qualities: { low: 'standard', medium: 'standard', high: 'hd' },
      fields: { response_format: 'b64_json' },
    },
    { match: /^gpt-image-1(?:\.5|-mini)?(?:-|$)/, supports: gpt, sizes: gptSizes },
    { match: /./, supports: gpt },
  ],
}
