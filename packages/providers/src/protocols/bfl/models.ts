import type { ImageSupport } from '@anymodel/core'

/** What the models whose ids match can do, and the field of the picture that they start from. */
interface Rule {
  readonly match: RegExp
  readonly supports: ImageSupport
  /** Several pictures are numbered: `input_image`, `input_image_2`. Default: `input_image`. */
  readonly image?: string
}

const tool = ['seed', 'steps', 'guidance', 'format'] as const

const rules: readonly Rule[] = [
  { match: /-fill(?:-|$)/, image: 'image', supports: { tasks: ['edit'], mask: true, knobs: tool } },
  { match: /-expand(?:-|$)/, image: 'image', supports: { tasks: ['outpaint'], knobs: tool } },
  { match: /^flux-kontext/, supports: { images: 4, knobs: ['aspectRatio', 'seed', 'format'] } },
  {
    match: /^flux-pro-1\.1-ultra/,
    image: 'image_prompt',
    supports: { images: 1, knobs: ['aspectRatio', 'seed', 'format'] },
  },
  { match: /^flux-pro-1\.1/, image: 'image_prompt', supports: { images: 1, knobs: ['size', 'seed', 'format'] } },
  {
    match: /^flux-dev/,
    image: 'image_prompt',
    supports: { images: 1, knobs: ['size', 'seed', 'steps', 'guidance', 'format'] },
  },
]

const newest: Omit<Rule, 'match'> = {
  supports: { images: 8, knobs: ['size', 'aspectRatio', 'seed', 'steps', 'guidance', 'format'] },
}

/** An id that is not known is taken for one of the newest models. */
export const ruleOf = (model: string): Omit<Rule, 'match'> => rules.find(({ match }) => match.test(model)) ?? newest
