import type { ImageSupport, Outpaint, VideoSupport } from '@anymodel/core'

/** What most models of pictures have in common at services that run those of many makers. */
const marketplaceImages: ImageSupport = {
  tasks: ['generate', 'edit', 'variation'],
  maxCount: 4,
  images: 1,
  knobs: ['size', 'aspectRatio', 'seed', 'negativePrompt', 'steps', 'guidance', 'format', 'strength'],
}

/** The same for videos. */
export const marketplaceVideos: VideoSupport = {
  firstFrame: true,
  lastFrame: true,
  references: 4,
  webhook: true,
  knobs: ['size', 'aspectRatio', 'resolution', 'seconds', 'fps', 'seed', 'negativePrompt', 'audio'],
}

/** How the inputs of a model are named that differ from model to model. */
export interface InputNames {
  /** The picture that it starts from. */
  readonly image?: string
  /** A list of pictures that it starts from, in place of `image`. */
  readonly images?: string
  readonly mask?: string
  /** It paints where a mask is black: masks, which must be PNG, are turned for it. */
  readonly darkMask?: boolean
  /** How far the result may be from the picture, 0 to 1. */
  readonly strength?: string
  /** How many times as wide and high. Without it the model has one of its own. */
  readonly factor?: string
  /** How the factor is written, with `{}` for the number: `{}x` makes it `2x`. Default: as a number. */
  readonly factorText?: string
  /** Pixels to add on each side. */
  readonly outpaint?: Readonly<Record<keyof Outpaint, string>>
}

/** What a model can do, and how its inputs are named. */
export interface MarketplaceModel extends ImageSupport {
  readonly inputs?: InputNames
}

export interface MarketplaceOptions {
  /**
   * What models of pictures can do and how their inputs are named, by id, where that is not known or known wrongly: `{ 'me/my-upscaler': { tasks: ['upscale'], inputs: { image: 'photo', factor: 'scale' } } }`.
   * What is not said is as with most models of the service.
   */
  readonly models?: Readonly<Record<string, MarketplaceModel>>
}

/** What is known of models: what matches is put together, and where two say the same, the first counts. */
export type MarketplaceRules = readonly (readonly [RegExp, MarketplaceModel])[]

/** A model that does nothing but upscale. */
export const upscaler = (factor?: string, factorText?: string): MarketplaceModel => ({
  tasks: ['upscale'],
  maxCount: 1,
  knobs: ['seed', 'negativePrompt', 'steps', 'guidance', 'format'],
  inputs: { ...(factor && { factor }), ...(factorText && { factorText }) },
})

/** What is known of a model. */
export function marketplaceModel(id: string, rules: MarketplaceRules, { models = {} }: MarketplaceOptions) {
  const own = Object.hasOwn(models, id) ? models[id] : undefined
  const known = own ? [own] : rules.flatMap(([match, model]) => (match.test(id) ? [model] : [])).reverse()
  const { inputs: _inputs, ...said }: MarketplaceModel = Object.assign({}, ...known)
  const inputs: InputNames = Object.assign({}, ...known.map((model) => model.inputs))
  return { inputs, supports: { ...marketplaceImages, ...said } satisfies ImageSupport }
}
