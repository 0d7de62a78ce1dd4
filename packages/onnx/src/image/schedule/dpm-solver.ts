import { roundEven } from '../../runtime/round-even.ts'
import { combine } from './combine.ts'
import { refuseOthers, refuseSet, type SchedulerConfig } from './config.ts'
import { checkPrediction, predict } from './prediction.ts'
import type { Schedule, ScheduleRequest } from './schedule.ts'
import { allSigmas, interpolated, lastSigma, respaced, stepOf } from './sigmas.ts'
import { evenly, trailing } from './timesteps.ts'

/** DPM-Solver++, of first or second order (2M), without added noise. Lu et al., https://arxiv.org/abs/2211.01095, algorithm 2. */
export function dpmSolver({ config, alphas, steps, skipped }: ScheduleRequest): Schedule {
  check(config, alphas)
  const { timesteps, sigmas } = levelsOf({ config, alphas, steps })
  const isLower = (at: number): boolean => {
    const { euler_at_final: eulerLast = false, lower_order_final: lowerLast = true } = config
    if (at === 0 || config.solver_order === 1) return true
    const isLast = at === timesteps.length - skipped - 1
    return isLast && (eulerLast || (lowerLast && steps < 15) || (config.final_sigmas_type ?? 'zero') === 'zero')
  }
  const levels = sigmas.slice(skipped).map(toLevel)
  let before: Float32Array | undefined
  return {
    timesteps: timesteps.slice(skipped),
    noiseScale: 1,
    noised(clean, noise, at) {
      const { picture, share } = levels[at] as Level
      return combine([picture, clean], [share, noise])
    },
    input: (latents) => latents,
    step(latents, output, at) {
      const [from, to] = [levels[at], levels[at + 1]] as [Level, Level]
      const { clean } = predict(config, latents, output, [from.picture, from.share])
      const distance = to.log - from.log
      const reach = to.picture * (1 - Math.exp(-distance))
      const next = [[to.share / from.share, latents] as const, [reach, clean] as const]
      if (before && !isLower(at)) {
        const ratio = (from.log - (levels[at - 1] as Level).log) / distance
        next.push([reach / (2 * ratio), clean], [-reach / (2 * ratio), before])
      }
      before = clean
      return { latents: combine(...next), clean }
    },
  }
}

function check(config: SchedulerConfig, alphas: Float64Array): void {
  checkPrediction(config, alphas)
  refuseOthers(config, {
    algorithm_type: ['dpmsolver++'],
    solver_type: ['midpoint'],
    solver_order: [2, 1],
    use_dynamic_shifting: [false],
  })
  refuseSet(config, 'lambda_min_clipped', 'variance_type')
}

/** How much noise there is: shares of picture and noise, and half the logarithm of their ratio. */
interface Level {
  readonly picture: number
  readonly share: number
  readonly log: number
}

function toLevel(sigma: number): Level {
  const picture = 1 / Math.sqrt(sigma ** 2 + 1)
  return { picture, share: sigma * picture, log: -Math.log(sigma) }
}

function levelsOf({ config, alphas, steps }: Pick<ScheduleRequest, 'config' | 'alphas' | 'steps'>) {
  const all = allSigmas(alphas)
  const own = respaced(config, all.at(-1) as number, all[0] as number, steps)
  const timesteps = own ? own.map((sigma) => roundEven(stepOf(sigma, all))) : spacedOf(config, alphas.length, steps)
  const sigmas = own ?? timesteps.map((timestep) => interpolated(all, timestep))
  return { timesteps, sigmas: [...sigmas, lastSigma(config, alphas)] }
}

/** This way counts one step more than it takes: the last one would be the picture itself. */
function spacedOf(config: SchedulerConfig, trained: number, steps: number): number[] {
  refuseOthers(config, { timestep_spacing: ['linspace', 'leading', 'trailing'] })
  const { timestep_spacing: spacing = 'linspace', steps_offset: offset = 0 } = config
  if (spacing === 'trailing') return trailing(trained, steps)
  const all =
    spacing === 'linspace'
      ? evenly(trained - 1, 0, steps + 1).map(roundEven)
      : Array.from({ length: steps + 1 }, (_, i) => (steps - i) * Math.floor(trained / (steps + 1)) + offset)
  return all.slice(0, -1)
}
