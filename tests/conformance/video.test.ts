import type { VideoModel } from '@anymodel/core'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { luma } from '@anymodel/providers/luma'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { replicate } from '@anymodel/providers/replicate'
import { runway } from '@anymodel/providers/runway'
import { together } from '@anymodel/providers/together'
import { xai } from '@anymodel/providers/xai'
import { testVideoModel } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { type VideoService, videoServices } from './video-services.ts'

const services = await videoServices()
afterAll(() => services.close())

const at = (service: VideoService, path = '') => ({
  apiKey: 'secret-key-12345678',
  baseURL: `${services.url(service)}${path}`,
  jobs: { first: 2, most: 5, total: 30_000 },
})

const models: Readonly<Record<string, () => VideoModel>> = {
  "OpenAI's dialect": () => openai(at('openai', '/v1')).video('sora-2'),
  Together: () => together(at('together', '/v2')).video('google/veo-3.0'),
  OpenRouter: () => openrouter(at('openrouter', '/api/v1')).video('google/veo-3.1'),
  Veo: () => google(at('google', '/v1beta')).video('veo-3.1-generate-preview'),
  Runway: () => runway(at('runway', '/v1')).video('veo3.1'),
  Luma: () => luma(at('luma', '/dream-machine/v1')).video('ray-2'),
  xAI: () => xai(at('xai', '/v1')).video('grok-imagine-video'),
  fal: () => fal(at('fal')).video('fal-ai/veo3'),
  Replicate: () => replicate(at('replicate', '/v1')).video('google/veo-3.1'),
}

for (const [name, make] of Object.entries(models)) testVideoModel({ describe, test, name, make })
