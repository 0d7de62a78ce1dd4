import { generateVideo, isAnyModelError, type VideoModel } from '@anymodel/core'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { luma } from '@anymodel/providers/luma'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { replicate } from '@anymodel/providers/replicate'
import { runway } from '@anymodel/providers/runway'
import { together } from '@anymodel/providers/together'
import { xai } from '@anymodel/providers/xai'
import { seeded } from '@anymodel/testing'
import { afterAll, expect, test } from 'vitest'
import { type VideoService, videoServices } from './video-services.ts'

const services = await videoServices()
afterAll(() => services.close())

const apiKey = 'secret-key-12345678'

type Options = Parameters<typeof runway>[0]

const models: Readonly<Record<string, (options: (service: VideoService, path: string) => Options) => VideoModel>> = {
  openai: (at) => openai(at('openai', '/v1')).video('sora-2'),
  together: (at) => together(at('together', '/v2')).video('google/veo-3.0'),
  openrouter: (at) => openrouter(at('openrouter', '/api/v1')).video('google/veo-3.1'),
  google: (at) => google(at('google', '/v1beta')).video('veo-3.1-generate-preview'),
  runway: (at) => runway(at('runway', '/v1')).video('gen4.5'),
  luma: (at) => luma(at('luma', '/dream-machine/v1')).video('ray-2'),
  xai: (at) => xai(at('xai', '/v1')).video('grok-imagine-video'),
  fal: (at) => fal(at('fal', '')).video('fal-ai/veo3'),
  replicate: (at) => replicate(at('replicate', '/v1')).video('google/veo-3.1'),
}

const strange: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  'x',
  [],
  {},
  [null],
  { url: 5 },
  '@127.0.0.1:1/x',
  'https://127.0.0.1:1/x',
  'failed',
  'done',
]

/** A value with one thing in it replaced by another. */
function broken(value: unknown, random: () => number): unknown {
  const pick = () => strange[Math.floor(random() * strange.length)]
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick()
  const entries = Object.entries(value)
  if (entries.length === 0) return pick()
  const at = Math.floor(random() * entries.length)
  const changed = entries.map(([name, one], index) => [name, index === at ? broken(one, random) : one] as const)
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed)
}

/** A `fetch` that breaks about one JSON body of three. */
const breaking =
  (random: () => number, asked: string[]): typeof fetch =>
  async (input, init) => {
    asked.push(String(input))
    const reply = await fetch(input, init)
    if (!reply.headers.get('content-type')?.includes('json') || random() > 0.35) return reply
    const text = await reply.text()
    const body = text === '' ? text : JSON.stringify(broken(JSON.parse(text), random))
    return new Response(body, { status: reply.status, headers: reply.headers })
  }

test.each(Object.entries(models))(
  '%s: whatever stands in its replies, a call ends with a video or an error of ours',
  async (_name, make) => {
    const asked: string[] = []
    let failures = 0
    for (let seed = 1; seed <= 60; seed++) {
      const fetch = breaking(seeded(seed), asked)
      const jobs = { first: 1, most: 1, total: 200 }
      const model = make((service, path) => ({ apiKey, baseURL: `${services.url(service)}${path}`, jobs, fetch }))
      const error = await generateVideo({ model, prompt: 'waves' }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) continue
      failures++
      expect(isAnyModelError(error), `seed ${seed}: ${String((error as Error).stack)}`).toBe(true)
      expect((error as Error).message).not.toContain(apiKey)
    }
    expect(failures).toBeGreaterThan(10)
    expect(asked.filter((url) => new URL(url).port === '1')).toEqual([])
  },
)
