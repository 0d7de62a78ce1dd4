import type { VideoKnob, VideoSupport } from '@anymodel/core'

type Size = `${number}x${number}`

/** What the models make whose ids match. */
interface RunwayRule {
  readonly match: RegExp
  readonly supports: VideoSupport
  /** Sizes that they make: any other becomes the nearest shape of them, with a warning. Default: any. */
  readonly sizes?: readonly Size[]
  /** Lengths that they make, in seconds: any other becomes the nearest, with a warning. Default: any. */
  readonly lengths?: readonly number[]
  /** What they must be told even when the caller does not care. */
  readonly usual?: { readonly seconds?: number; readonly size?: Size }
}

const knobs: readonly VideoKnob[] = ['size', 'aspectRatio', 'seconds', 'seed']
const wide = { size: '1280x720' } as const
const turbo = ['1280x720', '720x1280', '1104x832', '832x1104', '960x960', '1584x672'] as const

const rules: readonly RunwayRule[] = [
  {
    match: /^gen4\.5/,
    supports: { firstFrame: true, knobs },
    sizes: turbo,
    lengths: [2, 3, 4, 5, 6, 7, 8, 9, 10],
    usual: { seconds: 5, ...wide },
  },
  { match: /^gen4_/, supports: { firstFrame: true, knobs }, sizes: turbo, lengths: [5, 10], usual: wide },
  {
    match: /^veo3/,
    supports: { firstFrame: true, lastFrame: true, knobs: [...knobs, 'audio'] },
    sizes: ['1280x720', '720x1280', '1920x1080', '1080x1920'],
    lengths: [4, 6, 8],
    usual: wide,
  },
  {
    match: /^seedance2/,
    supports: { firstFrame: true, lastFrame: true, references: 4, knobs: [...knobs, 'audio'] },
  },
]

/** A model that has no rule of its own takes what most of the newest take. */
const usual: RunwayRule = {
  match: /./,
  supports: { firstFrame: true, references: 4, knobs: ['size', 'aspectRatio', 'seconds'] },
}

export const ruleFor = (model: string): RunwayRule => rules.find(({ match }) => match.test(model)) ?? usual
