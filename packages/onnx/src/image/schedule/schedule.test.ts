import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referenceNoise } from '../../testing/reference-noise.ts'
import type { SchedulerConfig } from './config.ts'
import { openSchedule } from './schedule.ts'

interface Case {
  readonly scheduler: string
  readonly config: SchedulerConfig
  readonly class_name: string
  readonly steps: number
  readonly timesteps: readonly number[]
  readonly init_noise_sigma: number
  readonly samples_first4: readonly (readonly number[])[]
}

const path = '../shared/models/scheduler-reference.json'
/** Python writes NaN and Infinity, which JSON does not know. */
const cases: Case[] = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8').replace(/-?\b(?:NaN|Infinity)\b/g, 'null')).cases
  : []

const configOf = ({ config, class_name }: Case): SchedulerConfig => ({ ...config, _class_name: class_name })
const named = cases.map((one) => [`${one.scheduler}, ${one.config.prediction_type}`, one] as const)
const isSound = ({ samples_first4 }: Case) => samples_first4.flat().every(Number.isFinite)

describe.skipIf(cases.length === 0)('schedules (skipped without ../shared/models)', () => {
  it('of every kind are in the reference', () => {
    expect(cases.filter(isSound).length).toBe(16)
  })

  it.each(named.filter(([, one]) => isSound(one)))('%s goes the way of the reference, step by step', (_name, one) => {
    let seed = 101
    const noise = (length: number) => referenceNoise(seed++, length)
    const schedule = openSchedule(configOf(one), { steps: one.steps, noise })
    expect(schedule.timesteps.length).toBe(one.timesteps.length)
    for (const [at, timestep] of one.timesteps.entries()) {
      // The reference multiplies a thousand 32-bit floats and looks the product's logarithm up in a table.
      expect(Math.abs((schedule.timesteps[at] as number) - timestep)).toBeLessThan(5e-3)
    }
    expect(schedule.noiseScale).toBeCloseTo(one.init_noise_sigma, 4)
    let latents: Float32Array = referenceNoise(7, 16).map((value) => value * schedule.noiseScale)
    for (const [at, timestep] of schedule.timesteps.entries()) {
      const output = schedule.input(latents, at).map((value) => 0.3 * value + 0.1 * Math.sin(timestep / 100))
      latents = schedule.step(latents, output, at).latents
      for (const [i, value] of (one.samples_first4[at] ?? []).entries())
        expect(Math.abs((latents[i] as number) - value), `step ${at}`).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)))
    }
  })

  it.each(named.filter(([, one]) => !isSound(one)))(
    '%s, which the reference divides by zero for, is refused',
    (_name, one) => {
      const open = () => openSchedule(configOf(one), { steps: one.steps, noise: () => new Float32Array() })
      expect(open).toThrow('rescale_betas_zero_snr')
    },
  )
})

const config = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear', skip_prk_steps: true }
const noise = (length: number) => referenceNoise(3, length)
const kinds = [
  'DDIMScheduler',
  'EulerDiscreteScheduler',
  'EulerAncestralDiscreteScheduler',
  'DPMSolverMultistepScheduler',
  'PNDMScheduler',
  'LCMScheduler',
]

describe.each(kinds)('%s', (_class_name) => {
  const picture = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i))
  const added = referenceNoise(9, 16)

  it.each([0, 3])('ends at the picture when the denoiser knows the noise, %i steps skipped', (skipped) => {
    const options = {
      ...config,
      _class_name,
      prediction_type: 'sample',
      clip_sample: false,
      final_sigmas_type: 'zero',
      set_alpha_to_one: true,
    }
    const schedule = openSchedule(options, { steps: 8, skipped, noise })
    let latents = schedule.noised(picture, added, 0)
    for (const at of schedule.timesteps.keys()) {
      const stepped = schedule.step(latents, picture, at)
      latents = stepped.latents
      if (_class_name !== 'LCMScheduler')
        for (const [i, value] of picture.entries()) expect(stepped.clean[i]).toBeCloseTo(value, 4)
    }
    for (const [i, value] of picture.entries()) expect(latents[i]).toBeCloseTo(value, 2)
  })

  it('of another spacing or prediction than there is, is refused by name', () => {
    const open = (more: SchedulerConfig) => () => openSchedule({ ...config, _class_name, ...more }, { steps: 4, noise })
    if (_class_name !== 'LCMScheduler')
      expect(open({ timestep_spacing: 'random' })).toThrow('timestep_spacing: "random"')
    expect(open({ prediction_type: 'flow' })).toThrow('prediction_type: "flow"')
    expect(open({ trained_betas: [0.1, 7] })).toThrow('betas must lie between 0 and 1')
    expect(open({ num_train_timesteps: -4 })).toThrow('no number of steps')
  })
})

it.each([
  ['EulerDiscreteScheduler', { sigma_max: 10 }],
  ['EulerDiscreteScheduler', { timestep_type: 'continuous' }],
  ['EulerDiscreteScheduler', { use_beta_sigmas: true }],
  ['EulerAncestralDiscreteScheduler', { use_karras_sigmas: true }],
  ['DPMSolverMultistepScheduler', { lambda_min_clipped: -5.1 }],
  ['DPMSolverMultistepScheduler', { algorithm_type: 'sde-dpmsolver++' }],
  ['DPMSolverMultistepScheduler', { solver_order: 3 }],
  ['PNDMScheduler', { skip_prk_steps: false }],
  ['DDIMScheduler', { thresholding: true }],
])('%s does not pass over %o in silence', (_class_name, setting) => {
  const [name] = Object.keys(setting) as [string]
  expect(() => openSchedule({ ...config, _class_name, ...setting }, { steps: 4, noise })).toThrow(`setting ${name}`)
})

it.each([
  { steps_offset: 'x' },
  { steps_offset: -3 },
  { beta_end: 7 },
  { original_inference_steps: {} },
  { beta_start: Number.NaN },
])('%o is refused', (setting) => {
  const wrong = { ...config, _class_name: 'LCMScheduler', ...setting } as SchedulerConfig
  expect(() => openSchedule(wrong, { steps: 4, noise })).toThrow(/where a number from 0 to/)
})

it('a scheduler that there is not is refused with those that there are', () => {
  const open = () => openSchedule({ _class_name: 'UniPCMultistepScheduler' }, { steps: 4, noise })
  expect(open).toThrow(/"UniPCMultistepScheduler" is not supported. There are DDIMScheduler, .*LCMScheduler/)
  expect(() => openSchedule({ _class_name: 'constructor' }, { steps: 4, noise })).toThrow('not supported')
})

it('more steps than the model was trained on are refused', () => {
  expect(() => openSchedule({ _class_name: 'DDIMScheduler' }, { steps: 1_001, noise })).toThrow('trained on 1000')
  expect(() => openSchedule({ _class_name: 'LCMScheduler' }, { steps: 51, noise })).toThrow('distilled on 50')
})
