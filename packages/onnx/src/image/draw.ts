import type { ImageCall, ImageEvent } from '@anymodel/core'
import { encodePng } from '@anymodel/core/png'
import { provider } from '../thread/events.ts'
import type { Job } from '../thread/served.ts'
import type { Guide } from './denoiser.ts'
import type { ImageEngine } from './engine.ts'
import { type Noise, seededNoise } from './noise.ts'
import { blank, type Picture } from './picture.ts'
import type { Clock } from './run.ts'
import { isHarmful } from './safety.ts'
import { openSchedule, type Schedule } from './schedule/schedule.ts'
import { type Settings, toSettings } from './settings.ts'
import { keeping, readGiven, type Source, toSource, within } from './source.ts'
import type { Condition } from './text-encoder.ts'

export type ImageJob = Job<ImageCall, ImageEvent>

/** Draws the picture of one call. Ends early when nobody waits for it any more, within one step. */
export async function draw(
  engine: ImageEngine,
  job: ImageJob,
  noiseOf: (seed: number) => Noise = seededNoise,
): Promise<void> {
  const startedAt = performance.now()
  const clock: Clock = { runMs: 0 }
  const given = await readGiven(job.call, engine)
  const settings = toSettings(engine, job.call, given?.picture)
  const { size, area, seed, steps, skipped, scheduler } = settings
  const noise = noiseOf(seed)
  const schedule = openSchedule(scheduler, { steps, skipped, noise })
  const source = given && (await toSource(engine, given, size, area, clock))
  const guide = await toGuide(engine, job.call, { settings, source, clock })
  warn(job, settings, guide.prompt)
  const latents = await denoise({ engine, job, settings, schedule, guide, source, clock, noise })
  if (!latents) return
  const drawn = await engine.autoencoder.decode(latents, area, clock)
  engine.previews.learn(latents, area, drawn)
  const picture = source ? keeping(source, drawn) : drawn
  const { flagged, frame } = await checked(engine, picture, clock)
  const { count } = guide.prompt.tokens
  const { runMs } = clock
  const timing = { totalMs: performance.now() - startedAt, runMs, steps: schedule.timesteps.length }
  job.emit([
    { type: 'image', ...frame, seed, ...(flagged && { flagged }) },
    {
      type: 'finish',
      usage: { input: count, total: count },
      response: { provider, model: job.model, details: { timing } },
    },
  ])
}

/** A picture as a file; blank when the safety checker takes it for harmful. */
async function checked({ checker }: ImageEngine, picture: Picture, clock: Clock) {
  const flagged = checker !== undefined && (await isHarmful(checker, picture, clock))
  const data = encodePng(flagged ? blank(picture) : picture)
  return { flagged, frame: { index: 0, mediaType: 'image/png', data } }
}

/** Everything that drawing works with. */
interface Drawing {
  readonly engine: ImageEngine
  readonly job: ImageJob
  readonly settings: Settings
  readonly schedule: Schedule
  readonly guide: Guide
  readonly source: Source | undefined
  readonly clock: Clock
  readonly noise: Noise
}

async function toGuide(
  { texts, denoiser, folder }: ImageEngine,
  { prompt, negativePrompt }: ImageCall,
  { settings, source, clock }: Pick<Drawing, 'settings' | 'source' | 'clock'>,
): Promise<Guide> {
  const { area, size, guidance } = settings
  const isLed = guidance > 1 && !denoiser.guidanceInside
  const away = isLed ? await texts.encode(negativePrompt ?? '', clock) : undefined
  const isEmpty = (negativePrompt ?? '') === ''
  return {
    area,
    size,
    guidance,
    prompt: await texts.encode(prompt, clock),
    negative: away && isEmpty && folder.zerosForEmpty ? zeros(away) : away,
    further: source?.painted?.further,
  }
}

const zeros = (condition: Condition): Condition => ({
  ...condition,
  hidden: new Float32Array(condition.hidden.length),
  pooled: condition.pooled && new Float32Array(condition.pooled.length),
})

function warn(job: ImageJob, { warnings }: Settings, { tokens }: Condition): void {
  const cut = {
    option: 'prompt',
    message: `The prompt is longer than the ${tokens.count} tokens that the model reads: its end was left out.`,
  }
  for (const warning of tokens.cut ? [...warnings, cut] : warnings)
    job.emit([{ type: 'notice', kind: 'warning', message: warning.message, warning }])
}

/** Goes all steps; `undefined` when it was left. */
async function denoise(drawing: Drawing): Promise<Float32Array | undefined> {
  const { engine, job, settings, schedule, guide, clock } = drawing
  const { timesteps } = schedule
  const { width, height } = settings.area
  const noise = drawing.noise(engine.denoiser.channels * width * height)
  let latents = begin(drawing, noise)
  for (const [at, timestep] of timesteps.entries()) {
    if (job.cancelled()) return undefined
    const output = await engine.denoiser.predict(schedule.input(latents, at), timestep, guide, clock)
    if (job.cancelled()) return undefined
    const stepped = schedule.step(latents, output, at)
    latents = held(drawing, stepped.latents, noise, at + 1)
    job.emit([{ type: 'progress', fraction: (at + 1) / (timesteps.length + 1), step: at + 1, steps: timesteps.length }])
    if (job.call.previews && at + 1 < timesteps.length) {
      const picture = await engine.previews.show(stepped.clean, settings.area, clock)
      const { frame } = await checked(engine, picture, clock)
      job.emit([{ type: 'preview', ...frame }])
    }
  }
  return latents
}

/** Pure noise, or the picture to start from with as much noise as the first step expects. What is painted anew with full strength shall show nothing of what was there. */
function begin({ schedule, settings, source }: Drawing, noise: Float32Array): Float32Array {
  if (!source || (source.painted && settings.skipped === 0)) return noise.map((value) => value * schedule.noiseScale)
  return schedule.timesteps.length === 0 ? source.latents : schedule.noised(source.latents, noise, 0)
}

/** Outside a mask the latents are those of the old picture, with the noise of the step. Models made for inpainting see to that themselves. */
function held({ source, schedule }: Drawing, latents: Float32Array, noise: Float32Array, at: number): Float32Array {
  if (!source?.painted || source.painted.further) return latents
  const isLast = at === schedule.timesteps.length
  return within(source.painted.latents, latents, isLast ? source.latents : schedule.noised(source.latents, noise, at))
}
