import { roundEven } from '../../runtime/round-even.ts'
import { byAlpha } from './by-alpha.ts'
import { combine } from './combine.ts'
import { sharesAt } from './noise-levels.ts'
import { checkPrediction, clipped, predict } from './prediction.ts'
import type { Schedule, ScheduleRequest } from './schedule.ts'
import { spaced } from './timesteps.ts'

/** DDIM without added noise. Song et al., https://arxiv.org/abs/2010.02502, equation 12. */
export function ddim({ config, alphas, steps, skipped }: ScheduleRequest): Schedule {
  checkPrediction(config, alphas)
  const timesteps = spaced(config, alphas.length, steps, 'leading').map(roundEven).slice(skipped)
  const stride = Math.floor(alphas.length / steps)
  const last = (config.set_alpha_to_one ?? true) ? 1 : (alphas[0] as number)
  const alphaAt = (timestep: number): number => alphas[timestep] ?? last
  return {
    timesteps,
    ...byAlpha((at) => alphaAt(timesteps[at] as number)),
    step(latents, output, at) {
      const timestep = timesteps[at] as number
      const predicted = predict(config, latents, output, sharesAt(alphaAt(timestep)))
      const clean = clipped(config, predicted.clean, true)
      const [picture, noise] = sharesAt(alphaAt(timestep - stride))
      return { latents: combine([picture, clean], [noise, predicted.noise]), clean }
    },
  }
}
