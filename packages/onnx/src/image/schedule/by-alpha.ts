import { combine } from './combine.ts'
import { sharesAt } from './noise-levels.ts'
import type { Schedule } from './schedule.ts'

/** What schedules have in common whose latents keep their size: a share of the picture and a share of noise. `alphaAt` gives the level at the beginning of a step. */
export const byAlpha = (alphaAt: (at: number) => number): Pick<Schedule, 'noiseScale' | 'noised' | 'input'> => ({
  noiseScale: 1,
  noised(clean, noise, at) {
    const [picture, share] = sharesAt(alphaAt(at))
    return combine([picture, clean], [share, noise])
  },
  input: (latents) => latents,
})
