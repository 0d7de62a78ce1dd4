import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type GeneratedImage, generateImage } from '@anymodel/core'
import { openai } from '@anymodel/providers/openai'
import { replicate } from '@anymodel/providers/replicate'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { onlyLoopback } from '../interop/only-loopback.ts'
import { type Interaction, interactions, jsonOf, missing } from './read.ts'

afterAll(onlyLoopback())

const png = drawn({ prompt: 'where a link of the recording led to' })

/** Gives recorded answers one after the other, and a picture for every link in them, which lead here instead of to where they led. */
async function replay(answers: readonly Interaction[]) {
  const left = [...answers]
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { method, url = '' } = request
    request.resume()
    if (url.startsWith('/linked')) return void response.writeHead(200, { 'content-type': 'image/png' }).end(png)
    asked.push(`${method} ${url}`)
    const { status, response: recorded } = left.length > 1 ? (left.shift() as Interaction) : (left[0] as Interaction)
    const body = JSON.stringify(jsonOf(recorded))
      .replaceAll('https://api.replicate.com', origin)
      .replace(/"https:[^"]*"/g, `"${origin}/linked.png"`)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { asked, at: { apiKey: 'key-for-replay', baseURL: `${origin}/v1`, jobs: { first: 1, most: 2 } } }
}

const withPng = ({ data }: GeneratedImage) => Buffer.from(data).equals(png)
const titled = (title: string, reason: string | undefined) => `${title}${reason ? ` (${reason})` : ''}`

interface Pictures {
  readonly data: readonly { b64_json?: string; url?: string; revised_prompt?: string }[]
  readonly usage?: { total_tokens?: number }
}

describe('recorded pictures of OpenAI', () => {
  const reason = missing('openai')
  const isOurs = ({ path, status, truncated_base64: cut }: Interaction) =>
    /\/images\/(?:generations|edits)$/.test(path) && status === 200 && !cut

  test.skipIf(reason)(
    titled('every picture comes, whether it is a link or not, with its words and counts', reason),
    async () => {
      let count = 0
      for await (const interaction of interactions('openai')) {
        if (!isOurs(interaction)) continue
        const { data, usage } = jsonOf(interaction.response) as Pictures
        const { at } = await replay([interaction])
        const model = openai(at).image(interaction.model ?? 'gpt-image-1')
        const result = await generateImage({ model, prompt: 'Hello.', n: data.length })
        expect(
          result.images.map(({ revisedPrompt }) => revisedPrompt),
          interaction.id,
        ).toEqual(data.map(({ revised_prompt }) => revised_prompt))
        expect(result.images.map(withPng), interaction.id).toEqual(data.map(({ url }) => url !== undefined))
        expect(result.usage.total, interaction.id).toBe(usage?.total_tokens)
        count++
      }
      expect(count).toBeGreaterThan(10)
    },
    60_000,
  )

  test.skipIf(reason)(
    titled('a key that is refused is an error of that kind', reason),
    async () => {
      let count = 0
      for await (const interaction of interactions('openai')) {
        if (!/\/images\/(?:generations|edits)$/.test(interaction.path) || interaction.status !== 401) continue
        const { at } = await replay([interaction])
        const asked = generateImage({ model: openai(at).image('gpt-image-1'), prompt: 'Hello.' })
        await expect(asked, interaction.id).rejects.toMatchObject({ code: 'auth', status: 401 })
        count++
      }
      expect(count).toBeGreaterThan(0)
    },
    60_000,
  )
})

interface Prediction {
  readonly id: string
  readonly model?: string
  readonly status: string
  readonly output?: unknown
}

/** Everything that was said about a prediction of pictures, in order. */
async function predictions(): Promise<Map<string, Interaction[]>> {
  const found = new Map<string, Interaction[]>()
  for await (const interaction of interactions('replicate')) {
    if (interaction.status > 299 || !/\/predictions(?:\/\w+)?$/.test(interaction.path)) continue
    const { id, model } = jsonOf(interaction.response) as Prediction
    if (model === 'stability-ai/sdxl') found.set(id, [...(found.get(id) ?? []), interaction])
  }
  return found
}

describe('recorded predictions of Replicate', () => {
  const reason = missing('replicate')

  test.skipIf(reason)(
    titled('each is looked at until it is done, and gives its pictures', reason),
    async () => {
      let looks = 0
      for (const [id, answers] of await predictions()) {
        const last = jsonOf(answers.at(-1)?.response as Interaction['response']) as Prediction
        if (last.status !== 'succeeded' || !Array.isArray(last.output)) continue
        const { asked, at } = await replay(answers)
        const model = replicate(at).image('stability-ai/sdxl:7762fd07')
        const { images, response } = await generateImage({ model, prompt: 'Hello.', n: last.output.length })
        expect(images.length, id).toBe(last.output.length)
        expect(response.id, id).toBe(id)
        expect(asked[0], id).toBe('POST /v1/predictions')
        for (const look of asked.slice(1)) expect(look, id).toBe(`GET /v1/predictions/${id}`)
        looks += asked.length - 1
      }
      expect(looks).toBeGreaterThan(20)
    },
    60_000,
  )
})
