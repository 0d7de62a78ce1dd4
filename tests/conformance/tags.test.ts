import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { embed, generateImage, generateSpeech, generateText, generateVideo, transcribe } from '@anymodel/core'
import { openai } from '@anymodel/providers/openai'
import { afterAll, describe, expect, it } from 'vitest'
import { imageAdapters } from '../faults/image-adapters.ts'
import { speakers as chats } from '../faults/speakers.ts'
import { videoAdapters } from '../faults/video-adapters.ts'
import { listeners, speakers, wav } from '../faults/voice-adapters.ts'

/** A server that writes down all it gets, and refuses it. */
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += (chunk as Buffer).toString('latin1')
  seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`)
  response.writeHead(400, { 'content-type': 'application/json' })
  response.end('{"error":{"message":"No."}}')
}).listen(0, '127.0.0.1')
const seen: string[] = []
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => server.close())

const at = (_service: string, path = '') => ({ apiKey: 'secret-key-12345678', baseURL: `${url}${path}` })
const word = 'not-for-services'
const ours = { tags: { [word]: word }, cache: { namespace: word } }

/** What a service is sent of a call. */
async function sent(call: () => Promise<unknown>): Promise<string> {
  seen.length = 0
  await call().catch(() => {})
  expect(seen.length).toBeGreaterThan(0)
  return seen.join('\n')
}

const { cache: _cache, ...ofVideos } = ours
const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
  ...Object.entries(chats).map(
    ([name, model]) => [name, () => generateText({ model: model(url, 'm'), prompt: 'Hi.', ...ours })] as const,
  ),
  ...Object.entries(imageAdapters).map(
    ([name, { model }]) => [name, () => generateImage({ model: model(at), prompt: 'a star', ...ours })] as const,
  ),
  ...Object.entries(videoAdapters).map(
    ([name, { model }]) => [name, () => generateVideo({ model: model(at), prompt: 'a star', ...ofVideos })] as const,
  ),
  ...Object.entries(speakers).map(
    ([name, { model }]) =>
      [name, () => generateSpeech({ model: model(at), text: 'Hi.', voice: 'v', ...ours })] as const,
  ),
  ...Object.entries(listeners).map(
    ([name, { model }]) =>
      [name, () => transcribe({ model: model(at), audio: { data: wav, mediaType: 'audio/wav' }, ...ours })] as const,
  ),
  ['vectors', () => embed({ model: openai(at('openai', '/v1')).embedding('m'), value: 'a', ...ours })],
]

describe('tags of calls, and what is said to caches, are never sent', () => {
  it.each(cases)('%s', async (_, call) => {
    expect(await sent(call)).not.toContain(word)
  })
})
