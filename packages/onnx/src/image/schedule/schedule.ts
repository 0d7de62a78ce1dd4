import { AnyModelError } from '@anymodel/core'
import { broken } from '../../folder.ts'
import { checkNumbers, type SchedulerConfig } from './config.ts'
import { ddim } from './ddim.ts'
import { dpmSolver } from './dpm-solver.ts'
import { euler, eulerAncestral } from './euler.ts'
import { lcm } from './lcm.ts'
import { cumulativeAlphas } from './noise-levels.ts'
import { pndm } from './pndm.ts'

/** Latents of a picture, and how far they are from noise. */
interface Stepped {
  /** The latents of the next step. */
  readonly latents: Float32Array
  /** What the model takes for the finished picture now. */
  readonly clean: Float32Array
}

/** The way from noise to a picture, for one request: it may remember the steps before. Steps are counted from 0. */
export interface Schedule {
  /** What the denoiser is told at each step. */
  readonly timesteps: readonly number[]
  /** What pure noise is multiplied by before the first step. */
  readonly noiseScale: number
  /** A picture with as much noise as stands at the beginning of a step. */
  noised(clean: Float32Array, noise: Float32Array, at: number): Float32Array
  /** The latents as the denoiser wants to see them. */
  input(latents: Float32Array, at: number): Float32Array
  /** The latents after a step, from what the denoiser gave. Steps are taken one after the other, each once. */
  step(latents: Float32Array, output: Float32Array, at: number): Stepped
}

/** What a way is made of. */
export interface ScheduleRequest {
  readonly config: SchedulerConfig
  /** The product of all `1 - beta` up to each training step. */
  readonly alphas: Float64Array
  readonly steps: number
  /** Steps that are left out at the beginning, since the picture begins with less noise. */
  readonly skipped: number
  /** Fresh noise, for the ways that add some at every step. */
  readonly noise: (length: number) => Float32Array
}

/** The ways, by the class that `scheduler_config.json` names. */
const makers: Readonly<Record<string, (request: ScheduleRequest) => Schedule>> = {
  DDIMScheduler: ddim,
  EulerDiscreteScheduler: euler,
  EulerAncestralDiscreteScheduler: eulerAncestral,
  DPMSolverMultistepScheduler: dpmSolver,
  PNDMScheduler: pndm,
  LCMScheduler: lcm,
}

/** Opens the way that a config describes. Throws `config` for one that there is not, `bad-request` for more steps than the model was trained on. */
export function openSchedule(
  config: SchedulerConfig,
  { steps, skipped = 0, noise }: Pick<ScheduleRequest, 'steps' | 'noise'> & { readonly skipped?: number },
): Schedule {
  const name = config._class_name ?? ''
  const make = Object.hasOwn(makers, name) ? makers[name] : undefined
  if (!make)
    throw broken(
      `The scheduler "${name}" is not supported. There are ${Object.keys(makers).join(', ')}: name one of them as _class_name in scheduler/scheduler_config.json, or in extra.scheduler of the call.`,
    )
  checkNumbers(config)
  const alphas = cumulativeAlphas(config, name)
  if (steps > alphas.length)
    throw new AnyModelError('bad-request', `steps is ${steps}, and the model was trained on ${alphas.length}.`)
  return make({ config, alphas, steps, skipped, noise })
}
