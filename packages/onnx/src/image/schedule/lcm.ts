import { AnyModelError } from '@anymodel/core'
import { byAlpha } from './by-alpha.ts'
import { combine } from './combine.ts'
import { sharesAt } from './noise-levels.ts'
import { checkPrediction, clipped, predict } from './prediction.ts'
import type { Schedule, ScheduleRequest } from './schedule.ts'

/** The deviation of pictures that consistency models are scaled for. */
const deviation = 0.5

/** Latent consistency models: every step goes to the picture, then noise is added again. Luo et al., https://arxiv.org/abs/2310.04378. */
export function lcm({ config, alphas, steps, skipped, noise: fresh }: ScheduleRequest): Schedule {
  checkPrediction(config, alphas)
  const timesteps = timestepsOf(config.original_inference_steps ?? 50, alphas.length, steps).slice(skipped)
  const alphaAt = (at: number): number => alphas[timesteps[at] as number] as number
  return {
    timesteps,
    ...byAlpha(alphaAt),
    step(latents, output, at) {
      const scaled = (timesteps[at] as number) * (config.timestep_scaling ?? 10)
      const energy = scaled ** 2 + deviation ** 2
      const predicted = predict(config, latents, output, sharesAt(alphaAt(at)))
      const clean = combine(
        [scaled / Math.sqrt(energy), clipped(config, predicted.clean, false)],
        [deviation ** 2 / energy, latents],
      )
      if (at === timesteps.length - 1) return { latents: clean, clean }
      const [picture, share] = sharesAt(alphaAt(at + 1))
      return { latents: combine([picture, clean], [share, fresh(clean.length)]), clean }
    },
  }
}

/** Some of the steps that the model was distilled on, evenly. */
function timestepsOf(original: number, trained: number, steps: number): number[] {
  if (steps > original)
    throw new AnyModelError('bad-request', `steps is ${steps}, and the model was distilled on ${original}.`)
  const stride = Math.floor(trained / original)
  return Array.from({ length: steps }, (_, i) => (original - Math.floor((i * original) / steps)) * stride - 1)
}
