import { broken } from '../../folder.ts'
import { refuseOthers, type SchedulerConfig } from './config.ts'

/** The product of all `1 - beta` up to each training step: how much of the picture's energy is left there. */
export function cumulativeAlphas(config: SchedulerConfig, name: string): Float64Array {
  const betas = betasOf(config, name)
  let product = 1
  const alphas = Float64Array.from(betas, (beta) => {
    product *= 1 - beta
    return product
  })
  if (!alphas.every((alpha) => alpha > 0 && alpha <= 1))
    throw broken('The noise levels in scheduler/scheduler_config.json are damaged: betas must lie between 0 and 1.')
  return config.rescale_betas_zero_snr ? withoutSignal(alphas, name) : alphas
}

function betasOf(config: SchedulerConfig, name: string): readonly number[] | Float64Array {
  const isLcm = name === 'LCMScheduler'
  const { num_train_timesteps: count = 1_000, trained_betas: trained } = config
  if (Array.isArray(trained)) return trained
  const { beta_start: start = isLcm ? 0.00085 : 0.0001, beta_end: end = isLcm ? 0.012 : 0.02 } = config
  const { beta_schedule: schedule = isLcm ? 'scaled_linear' : 'linear' } = config
  if (!(Number.isInteger(count) && count > 1 && count <= 100_000))
    throw broken(`num_train_timesteps in scheduler/scheduler_config.json is ${count}, which is no number of steps.`)
  const between = (from: number, to: number) =>
    Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
  if (schedule === 'scaled_linear') return between(Math.sqrt(start), Math.sqrt(end)).map((root) => root * root)
  if (schedule === 'squaredcos_cap_v2') {
    const left = (t: number) => Math.cos((((t / count + 0.008) / 1.008) * Math.PI) / 2) ** 2
    return Float64Array.from({ length: count }, (_, i) => Math.min(1 - left(i + 1) / left(i), 0.999))
  }
  refuseOthers(config, { beta_schedule: ['linear', 'scaled_linear', 'squaredcos_cap_v2'] })
  return between(start, end)
}

/** Shifts the levels so that nothing of the picture is left at the last one. Lin et al., https://arxiv.org/abs/2305.08891, algorithm 1. */
function withoutSignal(alphas: Float64Array, name: string): Float64Array {
  const roots = alphas.map(Math.sqrt)
  const first = roots[0] as number
  const last = roots.at(-1) as number
  const shifted = roots.map((root) => (((root - last) * first) / (first - last)) ** 2)
  // Ways that count in sigmas would divide by it.
  if (name !== 'DDIMScheduler' && name !== 'LCMScheduler') shifted[shifted.length - 1] = 2 ** -24
  return shifted
}

/** The picture's share of the latents and that of the noise; their squares add up to 1. */
export const sharesAt = (alpha: number): readonly [picture: number, noise: number] => [
  Math.sqrt(alpha),
  Math.sqrt(1 - alpha),
]
