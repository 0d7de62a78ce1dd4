import { generateImage, type ImageModel } from '@anymodel/core'
import { azure } from '@anymodel/providers/azure'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { afterAll, describe, it } from 'vitest'
import { type ImageService, imageServices } from '../conformance/image-services.ts'
import type { Answer, Spoil } from '../conformance/loopback-services.ts'
import { checkFault, cutShort, type Fault, json, page, secret, when } from './media-fault.ts'

let spoil: Spoil = (_asked, answer) => answer
const services = await imageServices((asked, answer) => spoil(asked, answer))
afterAll(() => services.close())

const at = (service: ImageService, path: string) => ({ apiKey: secret, baseURL: services.url(service) + path })

/** Models that show pictures on the way in a stream of events. */
const models: Readonly<Record<string, () => ImageModel>> = {
  OpenAI: () => openai(at('openai', '/v1')).image('gpt-image-2'),
  'Azure OpenAI': () => azure(at('azure', '/openai/v1')).image('gpt-image-2'),
  OpenRouter: () => openrouter(at('openrouter', '/api/v1')).image('openai/gpt-5-image'),
}

const first = /^POST /
const stream = (...events: readonly unknown[]): Answer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')),
})
const withoutEnd = ({ body, ...answer }: Answer): Answer => ({
  ...answer,
  body: Buffer.from(
    String(body)
      .split(/(?<=\n\n)/)
      .slice(0, 1)
      .join(''),
  ),
})
const failed = { type: 'error', error: { message: 'The farm is full.', code: 'server_error' } }
const refused = { type: 'error', error: { message: 'Rejected by the safety system.', code: 'moderation_blocked' } }

const faults: readonly Fault[] = [
  { name: 'a page in place of a stream', spoil: when(first, page), code: ['malformed', 'truncated'] },
  { name: 'a stream that breaks off', spoil: when(first, cutShort), code: ['network', 'truncated'] },
  { name: 'a stream without its end', spoil: when(first, withoutEnd), code: 'truncated' },
  { name: 'a stream of nothing', spoil: when(first, stream()), code: 'truncated' },
  { name: 'strange events', spoil: when(first, stream(null, 7, 'yes', [], {})), code: 'truncated' },
  { name: 'an error within the stream', spoil: when(first, stream(failed)), code: 'server', says: /farm is full/ },
  { name: 'a picture that is held back', spoil: when(first, stream(refused)), code: 'content-filter', says: /safety/ },
  {
    name: 'a request that is refused',
    spoil: when(first, json({ error: { message: 'No.' } }, 400)),
    code: 'bad-request',
  },
  {
    name: 'a key that is refused, and repeated in the words',
    spoil: when(first, json({ error: { message: `The key ${secret} is wrong.` } }, 401)),
    code: 'auth',
  },
]

describe.each(Object.entries(models))('previews of %s', (_name, make) => {
  it.each(faults)('$name', async (fault) => {
    spoil = fault.spoil
    await checkFault(generateImage({ model: make(), prompt: 'a cat', previews: true }), fault)
  })
})
