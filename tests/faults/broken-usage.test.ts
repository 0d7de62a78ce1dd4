import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { streamText, withFallback } from '@anymodel/core'
import { openai } from '@anymodel/providers/openai'
import { faultServer, type Reply } from '@anymodel/testing'
import { expect, it } from 'vitest'
import { speakers } from './speakers.ts'

it('an attempt that broke off has the usage that was reported before, apart from what the answer cost', async () => {
  const server = await faultServer()
  const speak = speakers['anthropic-messages']
  if (!speak) throw new Error('unreachable: there is a speaker of Messages')
  const reply: Reply = {
    answer: [
      { type: 'text', text: 'The herring swims in the cold sea.' },
      { type: 'finish', usage: { input: 11, output: 8 } },
    ],
    rewrite: (events) => events.filter(({ terminal }) => !terminal),
    dropAt: Number.POSITIVE_INFINITY,
  }
  server.script('cut', reply, reply)
  const model = withFallback([speak(server.url, 'cut'), speak(server.url, 'healthy')], {
    onBreak: 'restart',
    retries: 0,
  })
  const { attempts, usage } = await streamText({ model, prompt: 'x' }).result
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['network', 'ok'])
  expect(attempts[0]?.usage).toMatchObject({ input: 11 })
  expect(usage).toEqual({ input: 12, output: 60, total: 72 })
  const error = await streamText({ model: speak(server.url, 'cut'), prompt: 'x' }).result.catch((thrown) => thrown)
  expect(error.partial.text.length).toBeGreaterThan(20)
  expect(error.partial.usage).toMatchObject({ input: 11 })
  await server.close()
})

it('an answer of the Responses API that failed has the usage that its end reports, or an event on the way', async () => {
  const usage = { input_tokens: 11, output_tokens: 3, total_tokens: 14 }
  const begun = { type: 'response.created', response: { id: 'r', model: 'm', status: 'in_progress', usage: null } }
  const delta = { type: 'response.output_text.delta', output_index: 0, item_id: 'i', delta: 'The herring' }
  const failed = {
    type: 'response.failed',
    response: { id: 'r', status: 'failed', usage, error: { code: 'server_error', message: 'It broke.' } },
  }
  const counted = { type: 'response.in_progress', response: { id: 'r', status: 'in_progress', usage } }
  const replies = [
    [begun, delta, failed],
    [begun, counted, delta],
    [begun, delta],
  ]
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end((replies.shift() ?? []).map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const model = openai({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-0123456789abcdef' }).text('m')
  const ask = () => streamText({ model, prompt: 'x' }).result.catch((thrown) => thrown)
  expect((await ask()).partial).toMatchObject({ text: 'The herring', usage: { input: 11, output: 3 } })
  expect(await ask()).toMatchObject({ code: 'truncated', partial: { usage: { input: 11, output: 3 } } })
  expect((await ask()).partial.usage).toBeUndefined()
  server.close()
})
