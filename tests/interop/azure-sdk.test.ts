import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { embed, generateImage, generateSpeech, generateText, streamText, transcribe } from '@anymodel/core'
import { azure } from '@anymodel/providers/azure'
import { AzureOpenAI, toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawn } from '../conformance/drawn.ts'
import { onlyLoopback } from './only-loopback.ts'

const apiKey = 'key-of-a-resource'
const apiVersion = '2024-10-21'
const prompt = 'Hi'
const picture = drawn({ prompt })
const sound = Buffer.from('ID3 some sound')

const safe = { hate: { filtered: false, severity: 'safe' } }
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4.1',
  choices: [{ index: 0, delta, finish_reason, content_filter_results: safe }],
})
const streamed = [
  { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ content_filter_results: safe }] },
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Grüße ' }),
  chunk({ content: 'aus Oslo.' }, 'stop'),
  { ...chunk({}), choices: [], usage },
]
const whole = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4.1',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Grüße aus Oslo.' } }],
  usage,
}
const floats = Buffer.from(Float32Array.of(0.25, -1).buffer).toString('base64')

/** What a resource answers, by the end of the path. */
const answers: readonly (readonly [RegExp, string, string | Buffer])[] = [
  [/embeddings$/, 'application/json', JSON.stringify({ data: [{ index: 0, embedding: floats }], usage })],
  [/images\//, 'application/json', JSON.stringify({ created: 1, data: [{ b64_json: picture.toString('base64') }] })],
  [/speech$/, 'audio/mpeg', sound],
  [/transcriptions$/, 'application/json', JSON.stringify({ text: 'Hello.', duration: 1, segments: [] })],
]

interface Seen {
  readonly path: string
  readonly key: IncomingHttpHeaders[string]
  readonly bearer: IncomingHttpHeaders[string]
}

async function resource() {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const one of request) chunks.push(one as Buffer)
    const { url = '', headers } = request
    seen.push({ path: url, key: headers['api-key'], bearer: headers.authorization })
    const [path = ''] = url.split('?')
    const found = answers.find(([end]) => end.test(path))
    if (found) return void response.writeHead(200, { 'content-type': found[1] }).end(found[2])
    const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean }
    const events = streamed.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
    if (stream) response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${events}data: [DONE]\n\n`)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { seen, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe("Azure's official client and ours ask the same address with the same key, and read the same", () => {
  let at: Awaited<ReturnType<typeof resource>>
  let undo: () => void
  beforeAll(async () => {
    undo = onlyLoopback()
    at = await resource()
  })
  afterAll(() => {
    at.close()
    undo()
  })

  const sdk = (deployment?: string) =>
    new AzureOpenAI({ endpoint: at.endpoint, apiKey, apiVersion, maxRetries: 0, ...(deployment && { deployment }) })
  const ours = () => azure({ endpoint: at.endpoint, apiKey, apiVersion })
  const messages = [{ role: 'user' as const, content: prompt }]

  const pairs: Readonly<Record<string, readonly [official: () => Promise<unknown>, here: () => Promise<unknown>]>> = {
    'whole answers': [
      async () => {
        const { choices, usage } = await sdk().chat.completions.create({ model: 'gpt-4.1', messages })
        return [choices[0]?.message.content, usage?.total_tokens]
      },
      async () => {
        const { text, usage } = await generateText({ model: ours().chat('gpt-4.1'), prompt, delivery: 'whole' })
        return [text, usage.total]
      },
    ],
    streams: [
      async () => {
        const stream = await sdk().chat.completions.create({ model: 'gpt-4.1', messages, stream: true })
        let text = ''
        let total: number | undefined
        for await (const { choices, usage } of stream) {
          text += choices[0]?.delta.content ?? ''
          total = usage?.total_tokens ?? total
        }
        return [text, total]
      },
      async () => {
        const { text, usage } = await streamText({ model: ours().chat('gpt-4.1'), prompt }).result
        return [text, usage.total]
      },
    ],
    embeddings: [
      async () => {
        const { data } = await sdk().embeddings.create({ model: 'text-embedding-3-small', input: prompt })
        return data[0]?.embedding
      },
      async () => [...(await embed({ model: ours().embedding('text-embedding-3-small'), value: prompt })).embedding],
    ],
    pictures: [
      async () => (await sdk().images.generate({ model: 'gpt-image-1', prompt })).data?.map(({ b64_json }) => b64_json),
      async () => {
        const { images } = await generateImage({ model: ours().image('gpt-image-1'), prompt })
        return images.map(({ data }) => Buffer.from(data).toString('base64'))
      },
    ],
    'pictures drawn anew': [
      async () => {
        const image = await toFile(picture, 'a.png', { type: 'image/png' })
        // Of forms it does not read the model.
        const { data } = await sdk('gpt-image-1').images.edit({ model: 'gpt-image-1', prompt, image })
        return data?.map(({ b64_json }) => b64_json)
      },
      async () => {
        const { images } = await generateImage({ model: ours().image('gpt-image-1'), prompt, images: [picture] })
        return images.map(({ data }) => Buffer.from(data).toString('base64'))
      },
    ],
    speech: [
      async () => {
        const spoken = await sdk().audio.speech.create({ model: 'tts-1', input: prompt, voice: 'alloy' })
        return Buffer.from(await spoken.arrayBuffer())
      },
      async () => Buffer.from((await generateSpeech({ model: ours().speech('tts-1'), text: prompt })).audio.data),
    ],
    transcripts: [
      async () => {
        const file = await toFile(sound, 'a.mp3')
        return (await sdk().audio.transcriptions.create({ model: 'whisper-1', file })).text
      },
      async () => (await transcribe({ model: ours().transcription('whisper-1'), audio: sound })).text,
    ],
  }

  test.each(Object.entries(pairs))('%s', async (_name, [official, here]) => {
    at.seen.length = 0
    const theirs = await official()
    expect(await here()).toEqual(theirs)
    expect(at.seen).toHaveLength(2)
    expect(at.seen[1]).toEqual(at.seen[0])
    expect(at.seen[0]).toMatchObject({ key: apiKey, bearer: undefined })
  })
})
