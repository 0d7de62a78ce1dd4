import { combine } from './combine.ts'
import { refuseOthers, refuseSet, type SchedulerConfig } from './config.ts'
import { checkPrediction } from './prediction.ts'
import type { Schedule, ScheduleRequest } from './schedule.ts'
import { allSigmas, interpolated, lastSigma, respaced, stepOf } from './sigmas.ts'
import { spaced } from './timesteps.ts'

/** Euler's method. Karras et al., https://arxiv.org/abs/2206.00364, algorithm 2 without added noise. */
export function euler(request: ScheduleRequest): Schedule {
  const levels = levelsOf(request)
  return {
    ...bySigma(levels),
    step(latents, output, at) {
      const clean = cleanOf(request.config, latents, output, levels.sigmas[at] as number)
      return { latents: moved(latents, clean, levels.sigmas[at] as number, levels.sigmas[at + 1] as number), clean }
    },
  }
}

/** Euler's method that goes further down than the next step is, and back up with fresh noise. */
export function eulerAncestral(request: ScheduleRequest): Schedule {
  refuseOthers(request.config, { use_karras_sigmas: [false], use_exponential_sigmas: [false] })
  const levels = levelsOf(request)
  return {
    ...bySigma(levels),
    step(latents, output, at) {
      const from = levels.sigmas[at] as number
      const to = levels.sigmas[at + 1] as number
      const clean = cleanOf(request.config, latents, output, from)
      const up = Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2)
      const down = Math.sqrt(to ** 2 - up ** 2)
      const fresh = request.noise(latents.length)
      return { latents: combine([1, moved(latents, clean, from, down)], [up, fresh]), clean }
    },
  }
}

interface Levels {
  readonly timesteps: readonly number[]
  /** One more than there are steps. */
  readonly sigmas: readonly number[]
  readonly noiseScale: number
}

function levelsOf({ config, alphas, steps, skipped }: ScheduleRequest): Levels {
  checkPrediction(config, alphas)
  refuseOthers(config, { interpolation_type: ['linear'], timestep_type: ['discrete'] })
  refuseSet(config, 'sigma_min', 'sigma_max')
  const all = allSigmas(alphas)
  const usual = spaced(config, alphas.length, steps, 'linspace')
  const between = usual.map((timestep) => interpolated(all, timestep))
  const own = respaced(config, between[0] as number, between.at(-1) as number, steps)
  const sigmas = own ?? between
  const most = Math.max(...sigmas)
  const isLeading = config.timestep_spacing === 'leading'
  return {
    timesteps: (own?.map((sigma) => stepOf(sigma, all)) ?? usual).slice(skipped),
    sigmas: [...sigmas, lastSigma(config, alphas)].slice(skipped),
    noiseScale: isLeading ? Math.sqrt(most ** 2 + 1) : most,
  }
}

const bySigma = ({ timesteps, sigmas, noiseScale }: Levels): Omit<Schedule, 'step'> => ({
  timesteps,
  noiseScale,
  noised: (clean, noise, at) => combine([1, clean], [sigmas[at] as number, noise]),
  input: (latents, at) => combine([1 / Math.sqrt((sigmas[at] as number) ** 2 + 1), latents]),
})

/** Along the line from the picture through the latents, to where the noise is `to`. */
const moved = (latents: Float32Array, clean: Float32Array, from: number, to: number): Float32Array =>
  combine([to / from, latents], [1 - to / from, clean])

/** What the output says of the picture. Latents are picture plus `sigma` times noise here. */
function cleanOf(
  { prediction_type }: SchedulerConfig,
  latents: Float32Array,
  output: Float32Array,
  sigma: number,
): Float32Array {
  if (prediction_type === 'sample') return output
  if (prediction_type !== 'v_prediction') return combine([1, latents], [-sigma, output])
  const energy = sigma ** 2 + 1
  return combine([1 / energy, latents], [-sigma / Math.sqrt(energy), output])
}
