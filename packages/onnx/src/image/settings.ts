import { AnyModelError, type ImageCall, type Warning } from '@anymodel/core'
import type { Area } from './denoiser.ts'
import type { ImageEngine } from './engine.ts'
import type { SchedulerConfig } from './schedule/config.ts'

/** How one picture is drawn. */
export interface Settings {
  /** In pixels. */
  readonly size: Area
  /** In latents. */
  readonly area: Area
  readonly seed: number
  readonly steps: number
  /** Steps that are left out, since the picture begins with less noise. */
  readonly skipped: number
  /** 1 and less: none. */
  readonly guidance: number
  readonly scheduler: SchedulerConfig
  readonly warnings: readonly Warning[]
}

/** Most pixels of a picture that is drawn. */
const mostPixels = 4_096 * 4_096

/** Fills in what the model is made for. `source` is the size of the picture to start from. Throws `bad-request` for what it can't do. */
export function toSettings(engine: ImageEngine, call: ImageCall, source: Area | undefined): Settings {
  const { folder, autoencoder } = engine
  const scheduler = { ...folder.scheduler, ...schedulerIn(call) }
  const usual = usually(engine, scheduler)
  const size = sizeFor(engine, call, source)
  const steps = call.steps ?? usual.steps
  const guidance = call.guidance ?? usual.guidance
  return {
    size,
    area: { width: size.width / autoencoder.factor, height: size.height / autoencoder.factor },
    seed: call.seed ?? Math.floor(Math.random() * 2 ** 32),
    steps,
    skipped: source ? steps - stepsLeft(call, steps) : 0,
    guidance,
    scheduler,
    warnings: warningsFor(engine, call, guidance),
  }
}

/** Fields of the scheduler's config that a call sets otherwise. */
function schedulerIn({ extra }: ImageCall): SchedulerConfig {
  const { scheduler = {} } = extra ?? {}
  if (typeof scheduler === 'object' && scheduler !== null && !Array.isArray(scheduler))
    return scheduler as SchedulerConfig
  throw new AnyModelError(
    'bad-request',
    'extra.scheduler holds fields of scheduler_config.json, such as { "_class_name": "EulerDiscreteScheduler" }.',
  )
}

/** Steps and guidance that suit a model. */
function usually({ folder, denoiser }: ImageEngine, { _class_name }: SchedulerConfig) {
  const { num_inference_steps: steps, guidance_scale: guidance } = folder.defaults
  const isLcm = _class_name === 'LCMScheduler'
  const isXl = folder.components.text_encoder_2 !== undefined
  if (folder.turbo) return { steps: steps ?? 1, guidance: guidance ?? 0 }
  if (isLcm) return { steps: steps ?? 4, guidance: guidance ?? (denoiser.guidanceInside ? 8.5 : 1) }
  return { steps: steps ?? 25, guidance: guidance ?? (isXl ? 5 : 7.5) }
}

/** A strength of 0 leaves no step, any other at least one. */
function stepsLeft({ strength, mask }: ImageCall, steps: number): number {
  const share = strength ?? (mask ? 1 : 0.8)
  return share === 0 ? 0 : Math.max(1, Math.floor(steps * share))
}

function sizeFor({ folder, autoencoder, denoiser }: ImageEngine, call: ImageCall, source: Area | undefined): Area {
  const { factor } = autoencoder
  const unit = factor * denoiser.multiple
  const { sample_size: sample = 64 } = folder.denoiser
  const [down, across] = typeof sample === 'number' ? [sample, sample] : [sample[0] ?? 64, sample[1] ?? 64]
  const made = denoiser.fixed
    ? { width: denoiser.fixed.width * factor, height: denoiser.fixed.height * factor }
    : { width: across * factor, height: down * factor }
  if (call.size) return checked(call.size, unit, denoiser.fixed ? made : undefined)
  const ratio = ratioOf(call.aspectRatio) ?? (source && source.width / source.height)
  if (ratio === undefined || denoiser.fixed) return made
  const side = Math.sqrt(made.width * made.height)
  const fitting = (pixels: number): number => Math.max(1, Math.round(pixels / unit)) * unit
  return checked({ width: fitting(side * Math.sqrt(ratio)), height: fitting(side / Math.sqrt(ratio)) }, unit)
}

function ratioOf(ratio: ImageCall['aspectRatio']): number | undefined {
  const [across, down] = (ratio ?? '').split(':').map(Number)
  return across && down ? across / down : undefined
}

function checked(size: Area, unit: number, only?: Area): Area {
  const { width, height } = size
  const wrong = (why: string): never => {
    throw new AnyModelError('bad-request', `The size ${width}x${height} can't be drawn: ${why}.`)
  }
  if (only && (only.width !== width || only.height !== height))
    return wrong(`this model's graph was exported for ${only.width}x${only.height} alone`)
  if (width * height > mostPixels) return wrong('it has more than 16 million pixels')
  const near = (pixels: number): number => Math.max(1, Math.round(pixels / unit)) * unit
  if (width % unit !== 0 || height % unit !== 0)
    return wrong(`width and height must be multiples of ${unit}, such as ${near(width)}x${near(height)}`)
  return size
}

function warningsFor({ denoiser }: ImageEngine, call: ImageCall, guidance: number): Warning[] {
  const warnings: Warning[] = []
  if (call.size && call.aspectRatio !== undefined)
    warnings.push({ option: 'aspectRatio', message: 'aspectRatio was left out, since size says it all.' })
  if (call.negativePrompt !== undefined && (denoiser.guidanceInside || guidance <= 1))
    warnings.push({
      option: 'negativePrompt',
      message: `negativePrompt was left out: ${denoiser.guidanceInside ? 'this model takes none' : `without guidance (it is ${guidance}) there is none`}.`,
    })
  return warnings
}
