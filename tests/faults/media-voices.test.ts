import { generateSpeech, transcribe } from '@anymodel/core'
import { assemblyai } from '@anymodel/providers/assemblyai'
import { afterAll, describe, expect, it } from 'vitest'
import type { Answer, Spoil } from '../conformance/loopback-services.ts'
import { voiceServices } from '../conformance/voice-services.ts'
import { checkFault, cutShort, type Fault, failureOf, json, page, secret, when } from './media-fault.ts'
import { hangsUp } from './media-hosts.ts'
import { listeners, speakers, wav } from './voice-adapters.ts'

let spoil: Spoil = (_asked, answer) => answer
const services = await voiceServices((asked, answer) => spoil(asked, answer))
afterAll(() => services.close())

const at = (service: string) => ({ apiKey: secret, baseURL: services.url(service) })

const first = /^POST /
const empty: Answer = { headers: { 'content-type': 'audio/mpeg' }, body: Buffer.alloc(0) }
const withoutEnd = ({ body, ...answer }: Answer): Answer => {
  const events = String(body).split(/(?<=\r\n\r\n)/)
  return { ...answer, body: Buffer.from(events.slice(0, 1).join('')) }
}
const events = (...values: readonly unknown[]): Answer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: Buffer.from(values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('')),
})
const refusal = { message: 'This was flagged by our safety system.', type: 'invalid_request_error', code: 400 }

const ofAnswers: readonly Fault[] = [
  { name: 'a page in place of an answer', spoil: when(first, page), code: 'malformed' },
  ...[null, [], 'yes', 7, {}].map((body) => ({
    name: `${JSON.stringify(body)} in place of an answer`,
    spoil: when(first, json(body)),
    code: ['malformed', 'server', 'truncated'] as const,
  })),
  { name: 'an answer that breaks off', spoil: when(first, cutShort), code: ['network', 'truncated', 'malformed'] },
  {
    name: 'a key that is refused, and repeated in the words',
    spoil: when(first, json({ error: { message: `The key ${secret} is wrong.` } }, 401)),
    code: 'auth',
  },
  {
    name: 'too many requests',
    spoil: when(first, { ...json({ error: { message: 'Slow down.' } }, 429), headers: { 'retry-after': '7' } }),
    code: 'rate-limit',
    says: /Slow down/,
  },
  { name: 'a request that is refused', spoil: when(first, json({ error: refusal }, 400)), code: 'content-filter' },
]

const ofStreams: readonly Fault[] = [
  { name: 'a stream without its end', spoil: when(first, withoutEnd), code: ['truncated', 'malformed'] },
  { name: 'a stream of nothing', spoil: when(first, events()), code: ['truncated', 'malformed'] },
  {
    name: 'an error within the stream',
    spoil: when(first, events({ type: 'error', error: { message: 'The farm is full.', code: 503 } })),
    code: 'server',
    says: /farm is full/,
  },
  { name: 'strange events', spoil: when(first, events(null, 7, 'yes', [])), code: ['truncated', 'malformed'] },
]

describe.each(Object.entries(speakers))('speech: %s', (_name, { events: inEvents, model }) => {
  const speak = (where = at) => generateSpeech({ model: model(where), text: 'Hello.', voice: 'nova' })

  it.each([...ofAnswers, ...(inEvents ? ofStreams : [])])('$name', async (fault) => {
    spoil = fault.spoil
    await checkFault(speak(), fault)
  })

  it('no sound', async () => {
    spoil = when(first, inEvents ? events() : empty)
    await checkFault(speak(), { name: '', spoil, code: ['malformed', 'truncated'] })
  })
})

describe.each(Object.entries(listeners))('transcription: %s', (_name, { events: inEvents, look, model }) => {
  const write = (audio: Buffer = wav, where = at) =>
    transcribe({ model: model(where), audio: { data: audio, mediaType: 'audio/wav' } })

  it.each([...ofAnswers, ...(inEvents ? ofStreams : [])])('$name', async (fault) => {
    spoil = fault.spoil
    await checkFault(write(), fault)
  })

  it('a file that is no sound, by the words of the service', async () => {
    spoil = (_asked, answer) => answer
    const error = await failureOf(write(Buffer.from('RIFF no sound at all')))
    expect(error).toMatchObject({ code: 'bad-request', message: expect.stringMatching(/no sound|corrupt/) })
  })

  it('a file that is larger than the service takes', async () => {
    spoil = when(first, json({ error: { message: 'Payload too large' } }, 413))
    expect((await failureOf(write())).message).toContain('Send less')
  })

  it('a service that hangs up in the middle of an upload', async () => {
    const server = await hangsUp()
    const large = Buffer.concat([wav, Buffer.alloc(4_000_000)])
    const { code } = await failureOf(write(large, () => ({ apiKey: secret, baseURL: server.url })))
    server.close()
    expect(code).toBe('network')
  })

  it.runIf(look)('a job that vanishes, and one that never ends', async () => {
    spoil = when(look as RegExp, json({ error: 'There is no such transcript.' }, 404))
    expect(await failureOf(write())).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('Begin another'),
    })
    spoil = when(look as RegExp, json({ id: 'job', status: 'processing' }))
    const hasty = assemblyai({ ...at('assemblyai'), jobs: { first: 1, most: 2, total: 20 } }).transcription('universal')
    const error = await failureOf(transcribe({ model: hasty, audio: { data: wav, mediaType: 'audio/wav' } }))
    expect(error).toMatchObject({ code: 'timeout', clock: 'total' })
  })

  it.runIf(look)('a strange state, and troubles while a job is looked at', async () => {
    const troubles = [json({ id: 'job', status: 'contemplating' }), json({ error: 'Oops.' }, 503), { ...page, cut: 5 }]
    spoil = when(look as RegExp, (answer) => troubles.shift() ?? answer)
    expect((await write()).text).toBe('One, two. Three.')
  })
})
