import { roundEven } from '../../runtime/round-even.ts'
import { byAlpha } from './by-alpha.ts'
import { combine } from './combine.ts'
import { refuseOthers } from './config.ts'
import { sharesAt } from './noise-levels.ts'
import { checkPrediction, predict } from './prediction.ts'
import type { Schedule, ScheduleRequest } from './schedule.ts'
import { spaced } from './timesteps.ts'

/** Weights of the noise of the latest steps, the newest first, by how many there are. Liu et al., https://arxiv.org/abs/2202.09778, equations 9 to 12. */
const weights: readonly (readonly number[])[] = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
]

/** Linear multi-steps (PLMS). The first step is taken twice, the second time with the mean of the noise at both its ends. */
export function pndm({ config, alphas, steps, skipped }: ScheduleRequest): Schedule {
  refuseOthers(config, { skip_prk_steps: [true] })
  checkPrediction(config, alphas)
  const distinct = spaced(config, alphas.length, steps, 'leading').map(roundEven).slice(skipped)
  const timesteps = [...distinct.slice(0, 2), ...distinct.slice(1)]
  const stride = Math.floor(alphas.length / steps)
  const last = config.set_alpha_to_one ? 1 : (alphas[0] as number)
  const alphaAt = (timestep: number): number => alphas[timestep] ?? last
  const seen: Float32Array[] = []
  let first: Float32Array | undefined
  /** Which step it is, and what is made of the outputs seen so far. */
  const settle = (latents: Float32Array, output: Float32Array, at: number) => {
    const timestep = timesteps[at] as number
    if (at === 1 && first && seen[0])
      return { timestep: timestep + stride, from: first, output: combine([0.5, output], [0.5, seen[0]]) }
    first = latents
    seen.unshift(output)
    seen.splice(weights.length)
    const factors = weights[seen.length - 1] as readonly number[]
    return { timestep, from: latents, output: combine(...seen.map((one, i) => [factors[i] as number, one] as const)) }
  }
  return {
    timesteps,
    ...byAlpha((at) => alphaAt(timesteps[at] as number)),
    step(latents, output, at) {
      const { timestep, from, output: mean } = settle(latents, output, at)
      const alpha = alphaAt(timestep)
      const next = alphaAt(timestep - stride)
      const { clean, noise } = predict(config, from, mean, sharesAt(alpha))
      // Equation 11 of the paper; for exact arithmetic it is the step of DDIM.
      const divisor = alpha * Math.sqrt(1 - next) + Math.sqrt(alpha * (1 - alpha) * next)
      return { latents: combine([Math.sqrt(next / alpha), from], [(alpha - next) / divisor, noise]), clean }
    },
  }
}
