import { refuseOthers, type SchedulerConfig } from './config.ts'
import { evenly } from './timesteps.ts'

/** Noise over picture at every training step, rising. */
export const allSigmas = (alphas: Float64Array): Float64Array => alphas.map((alpha) => Math.sqrt((1 - alpha) / alpha))

/** A value of a table at a place between two entries. */
export function interpolated(table: Float64Array, at: number): number {
  const low = Math.max(0, Math.min(table.length - 1, Math.floor(at)))
  const high = Math.min(table.length - 1, low + 1)
  return (table[low] as number) + (at - low) * ((table[high] as number) - (table[low] as number))
}

/** The training step of a sigma: the inverse of the table, in logarithms. */
export function stepOf(sigma: number, sigmas: Float64Array): number {
  const log = Math.log(Math.max(sigma, 1e-10))
  let low = 0
  while (low < sigmas.length - 2 && Math.log(sigmas[low + 1] as number) <= log) low++
  const from = Math.log(sigmas[low] as number)
  const to = Math.log(sigmas[low + 1] as number)
  return low + Math.min(1, Math.max(0, (from - log) / (from - to)))
}

/** Sigmas that a config spreads otherwise than its timesteps are: falling from `most` to `least`. `undefined` when it does not. */
export function respaced(config: SchedulerConfig, most: number, least: number, steps: number): number[] | undefined {
  refuseOthers(config, { use_beta_sigmas: [false], use_flow_sigmas: [false], use_lu_lambdas: [false] })
  if (config.use_karras_sigmas) return karras(most, least, steps)
  if (config.use_exponential_sigmas) return evenly(Math.log(most), Math.log(least), steps).map(Math.exp)
  return undefined
}

/** Karras et al., https://arxiv.org/abs/2206.00364, equation 5. */
function karras(most: number, least: number, steps: number): number[] {
  const rho = 7
  return evenly(most ** (1 / rho), least ** (1 / rho), steps).map((root) => root ** rho)
}

/** What stands after the last step: no noise, or what is left at the first training step. */
export function lastSigma(config: SchedulerConfig, alphas: Float64Array): number {
  refuseOthers(config, { final_sigmas_type: ['zero', 'sigma_min'] })
  return config.final_sigmas_type === 'sigma_min' ? (allSigmas(alphas)[0] as number) : 0
}
