import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { ImageEvent } from '@anymodel/core'
import { decodePng } from '@anymodel/core/png'
import { afterAll, describe, expect, it } from 'vitest'
import { referenceNoise } from '../testing/reference-noise.ts'
import { draw } from './draw.ts'
import { type ImageEngine, loadImageEngine } from './engine.ts'
import { readImageFolder } from './folder.ts'
import type { SchedulerConfig } from './schedule/config.ts'

interface Case {
  readonly scheduler: string
  readonly prompt: string
  readonly steps: number
  readonly guidance: number
  readonly noise_seed: number
  readonly png_base64: string
}

const path = '../shared/models/shapes-diffusion/reference.json'
const cases: Case[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).cases : []

const folder = dirname(createRequire(import.meta.url).resolve('@anymodel/model-shapes-diffusion/package.json'))

/** How the reference's schedulers differ from the folder's. */
const schedulers: Readonly<Record<string, SchedulerConfig>> = {
  ddim: {},
  euler: { _class_name: 'EulerDiscreteScheduler' },
  'dpmpp-2m': { _class_name: 'DPMSolverMultistepScheduler', timestep_spacing: 'linspace' },
}

describe.skipIf(cases.length === 0)('shapes-diffusion (skipped without ../shared/models)', async () => {
  const engine = (cases.length > 0 ? await loadImageEngine(readImageFolder({ folder })) : undefined) as ImageEngine
  afterAll(() => engine?.dispose())

  it.each(cases)('draws "$prompt" as the reference does, with $scheduler', async (one) => {
    const { prompt, steps, guidance, noise_seed: seed, png_base64 } = one
    const events: ImageEvent[] = []
    const extra = { scheduler: { ...schedulers[one.scheduler] } }
    const call = { prompt, steps, guidance, seed, count: 1, extra }
    const job = {
      call,
      model: 'shapes',
      cancelled: () => false,
      emit: (more: readonly ImageEvent[]) => events.push(...more),
    }
    await draw(engine, job, (from) => (length) => referenceNoise(from, length))
    const image = events.find((event) => event.type === 'image')
    const drawn = decodePng(image?.data ?? new Uint8Array(), 0)
    const expected = decodePng(Buffer.from(png_base64, 'base64'), 0)
    expect(drawn).toMatchObject({ width: 64, height: 64 })
    const difference = drawn.data.reduce((sum, value, i) => sum + Math.abs(value - (expected.data[i] as number)), 0)
    expect(difference / drawn.data.length).toBeLessThan(2)
  })
})
