import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateVideo, type VideoModel } from '@anymodel/core'
import { fal } from '@anymodel/providers/fal'
import { google } from '@anymodel/providers/google'
import { luma } from '@anymodel/providers/luma'
import { openai } from '@anymodel/providers/openai'
import { replicate } from '@anymodel/providers/replicate'
import { runway } from '@anymodel/providers/runway'
import { createFalClient } from '@fal-ai/client'
import { GoogleGenAI } from '@google/genai'
import RunwayML from '@runwayml/sdk'
import LumaAI from 'lumaai'
import OpenAI from 'openai'
import Replicate from 'replicate'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type VideoService, videoServices } from '../conformance/video-services.ts'
import { onlyLoopback } from './only-loopback.ts'

const allowAll = onlyLoopback()
const services = await videoServices()
afterAll(() => {
  services.close()
  allowAll()
})

const apiKey = 'secret-key-12345678'
const prompt = 'waves on a beach'
const at = (service: VideoService, path: string) => ({
  apiKey,
  baseURL: `${services.url(service)}${path}`,
  maxRetries: 0,
})
const jobs = { first: 2, most: 5 }
const bytesOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())

/** Looks until what comes is done. */
async function until<T>(look: () => Promise<T>, isDone: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look()
    if (isDone(seen)) return seen
  }
}

/** The video that an official SDK reads, and the model here that asks the same service. */
const sides: Readonly<Record<string, { sdk: () => Promise<Buffer>; model: () => VideoModel }>> = {
  openai: {
    async sdk() {
      const { videos } = new OpenAI(at('openai', '/v1'))
      const { id } = await videos.create({ model: 'sora-2', prompt, seconds: '4', size: '1280x720' })
      await until(
        () => videos.retrieve(id),
        ({ status }) => status === 'completed',
      )
      return Buffer.from(await (await videos.downloadContent(id)).arrayBuffer())
    },
    model: () => openai({ ...at('openai', '/v1'), jobs }).video('sora-2'),
  },
  google: {
    async sdk() {
      const ai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: services.url('google') } })
      const model = 'veo-3.1-generate-preview'
      const begun = await ai.models.generateVideos({ model, source: { prompt }, config: { durationSeconds: 8 } })
      const done = await until(
        () => ai.operations.getVideosOperation({ operation: begun }),
        (operation) => operation.done === true,
      )
      const uri = done.response?.generatedVideos?.[0]?.video?.uri
      return bytesOf(uri ?? '')
    },
    model: () => google({ ...at('google', '/v1beta'), jobs }).video('veo-3.1-generate-preview'),
  },
  runway: {
    async sdk() {
      const client = new RunwayML(at('runway', '') as never)
      const { id } = await client.textToVideo.create({
        model: 'gen4.5',
        promptText: prompt,
        ratio: '1280:720',
        duration: 5,
      })
      const task = await until(
        async () => client.tasks.retrieve(id),
        ({ status }) => status === 'SUCCEEDED',
      )
      return bytesOf(task.status === 'SUCCEEDED' ? (task.output[0] ?? '') : '')
    },
    model: () => runway({ ...at('runway', '/v1'), jobs }).video('gen4.5'),
  },
  luma: {
    async sdk() {
      const client = new LumaAI({ ...at('luma', '/dream-machine/v1'), authToken: apiKey })
      const { id = '' } = await client.generations.video.create({ model: 'ray-2', prompt, duration: '5s' })
      const made = await until(
        () => client.generations.get(id),
        ({ state }) => state === 'completed',
      )
      return bytesOf(made.assets?.video ?? '')
    },
    model: () => luma({ ...at('luma', '/dream-machine/v1'), jobs }).video('ray-2'),
  },
  replicate: {
    async sdk() {
      const client = new Replicate({ auth: apiKey, baseUrl: `${services.url('replicate')}/v1`, useFileOutput: false })
      const output = await client.run('google/veo-3.1', { input: { prompt }, wait: { mode: 'poll', interval: 5 } })
      return bytesOf(String(output))
    },
    model: () => replicate({ ...at('replicate', '/v1'), jobs }).video('google/veo-3.1'),
  },
  fal: {
    async sdk() {
      const here = services.url('fal')
      const toHere = (url: string) => url.replace(/^https:\/\/queue\.fal\.run/, here)
      const client = createFalClient({
        credentials: apiKey,
        fetch: (input, init) => fetch(toHere(String(input)), init),
      })
      const { data } = await client.subscribe('fal-ai/veo3', { input: { prompt }, pollInterval: 5 })
      return bytesOf(data.video.url)
    },
    model: () => fal({ ...at('fal', ''), jobs }).video('fal-ai/veo3'),
  },
}

describe.each(Object.entries(sides))('%s', (_name, { sdk, model }) => {
  test('the official SDK reads the same video from the same service', async () => {
    const official = await sdk()
    const { videos } = await generateVideo({ model: model(), prompt })
    const ours = Buffer.from(videos[0]?.data ?? [])
    const bare = (film: Buffer) => film.toString('latin1').replace(/(?:job\d+)+.*$/, '')
    expect(bare(ours)).toBe(bare(official))
    expect(ours.toString('latin1')).toMatch(/job\d+/)
  })
})

test("Google's SDK downloads what Veo made, as we do", async () => {
  const ai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: services.url('google') } })
  const folder = mkdtempSync(join(tmpdir(), 'anymodel-video-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const downloadPath = join(folder, 'a.mp4')
  const uri = `${services.url('google')}/v1beta/files/job1:download?alt=media`
  await ai.files.download({ file: { video: { uri } } as never, downloadPath })
  expect(readFileSync(downloadPath).equals(services.film('job1'))).toBe(true)
})
