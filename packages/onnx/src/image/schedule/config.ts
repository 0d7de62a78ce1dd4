import { broken } from '../../folder.ts'

/** What we read of `scheduler_config.json`. What is absent has the default of its class in diffusers. */
export interface SchedulerConfig {
  readonly _class_name?: string
  readonly num_train_timesteps?: number
  readonly beta_start?: number
  readonly beta_end?: number
  readonly beta_schedule?: string
  readonly trained_betas?: readonly number[] | null
  /** What the denoiser gives: `epsilon` the noise, `v_prediction` the velocity, `sample` the picture. */
  readonly prediction_type?: string
  readonly timestep_spacing?: string
  readonly steps_offset?: number
  readonly rescale_betas_zero_snr?: boolean
  readonly set_alpha_to_one?: boolean
  readonly clip_sample?: boolean
  readonly clip_sample_range?: number
  readonly thresholding?: boolean
  readonly use_karras_sigmas?: boolean
  readonly use_exponential_sigmas?: boolean
  readonly use_beta_sigmas?: boolean
  readonly use_flow_sigmas?: boolean
  readonly use_lu_lambdas?: boolean
  readonly interpolation_type?: string
  readonly final_sigmas_type?: string
  readonly solver_order?: number
  readonly algorithm_type?: string
  readonly solver_type?: string
  readonly lower_order_final?: boolean
  readonly euler_at_final?: boolean
  readonly skip_prk_steps?: boolean
  readonly original_inference_steps?: number
  readonly timestep_scaling?: number
  readonly timestep_type?: string
  readonly use_dynamic_shifting?: boolean
  readonly sigma_min?: number | null
  readonly sigma_max?: number | null
  readonly lambda_min_clipped?: number | null
  readonly variance_type?: string | null
}

/** Throws for settings that would be passed over in silence. `wanted` names what each may be, first the default. */
export function refuseOthers(
  config: SchedulerConfig,
  wanted: { readonly [K in keyof SchedulerConfig]?: readonly (SchedulerConfig[K] & (string | number | boolean))[] },
): void {
  for (const [key, values] of Object.entries(wanted)) {
    const value = config[key as keyof SchedulerConfig] ?? values[0]
    if (!(values as readonly unknown[]).includes(value))
      throw broken(
        `The scheduler's setting ${key}: ${JSON.stringify(value)} is not supported. It can be ${values.map((one) => JSON.stringify(one)).join(', ')}.`,
      )
  }
}

/** Throws for settings that would be passed over in silence, and that most configs leave open. */
export function refuseSet(config: SchedulerConfig, ...keys: readonly (keyof SchedulerConfig)[]): void {
  for (const key of keys)
    if ((config[key] ?? null) !== null)
      throw broken(`The scheduler's setting ${key}: ${JSON.stringify(config[key])} is not supported. Leave it out.`)
}

/** Settings that are numbers, with the most that each may be. */
const mostOf = {
  beta_start: 1,
  beta_end: 1,
  steps_offset: 1_000,
  clip_sample_range: 1e6,
  original_inference_steps: 1_000,
  timestep_scaling: 1e6,
} as const

/** Throws for settings that are no numbers, or out of all bounds. */
export function checkNumbers(config: SchedulerConfig): void {
  for (const [key, most] of Object.entries(mostOf)) {
    const value: unknown = config[key as keyof typeof mostOf] ?? 0
    if (!(typeof value === 'number' && value >= 0 && value <= most))
      throw broken(
        `The scheduler's setting ${key} is ${JSON.stringify(value)}, where a number from 0 to ${most} is wanted.`,
      )
  }
}
