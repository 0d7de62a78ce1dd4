import { combine } from './combine.ts'
import { refuseOthers, type SchedulerConfig } from './config.ts'

/** What the denoiser's output says: the finished picture and the noise in the latents. */
export interface Prediction {
  readonly clean: Float32Array
  readonly noise: Float32Array
}

/** Reads an output. `picture` and `noise` are their shares of the latents. */
export function predict(
  config: SchedulerConfig,
  latents: Float32Array,
  output: Float32Array,
  [picture, noise]: readonly [number, number],
): Prediction {
  switch (config.prediction_type) {
    case 'v_prediction':
      return {
        clean: combine([picture, latents], [-noise, output]),
        noise: combine([picture, output], [noise, latents]),
      }
    case 'sample':
      return { clean: output, noise: combine([1 / noise, latents], [-picture / noise, output]) }
    default:
      return { clean: combine([1 / picture, latents], [-noise / picture, output]), noise: output }
  }
}

/** Throws for what no way can read. */
export function checkPrediction(config: SchedulerConfig, alphas: Float64Array): void {
  refuseOthers(config, { prediction_type: ['epsilon', 'v_prediction', 'sample'], thresholding: [false] })
  if ((config.prediction_type ?? 'epsilon') === 'epsilon' && alphas.at(-1) === 0)
    refuseOthers(config, { rescale_betas_zero_snr: [false] })
}

/** The picture within the bounds that the config sets, if any. */
export function clipped(config: SchedulerConfig, clean: Float32Array, usual: boolean): Float32Array {
  const { clip_sample: clip = usual, clip_sample_range: most = 1 } = config
  return clip ? clean.map((value) => Math.min(most, Math.max(-most, value))) : clean
}
