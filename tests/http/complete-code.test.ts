import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { completeCode, completionSession } from '@anymodel/code'
import { mistral } from '@anymodel/providers/mistral'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** A service that fills gaps, a fragment at a time, for as long as it is asked to. */
let bodies: string[]
let write: (response: ServerResponse) => void
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  bodies.push(body)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  write(response)
})

const event = (content: string, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'f', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`

beforeEach(async () => {
  bodies = []
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  await once(server.close(), 'close')
})

const model = () =>
  mistral({ baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, apiKey: 'k' }).code('m')

test('a completion that is cut closes its connection before the service is done', async () => {
  const left = new Promise<void>((resolve) => {
    write = (response) => {
      response.write(event('a + b\n'))
      response.write(event('}\n}\n'))
      response.on('close', resolve)
    }
  })
  const options = { model: model(), prefix: 'function add(a, b) {\n  return ', suffix: '\n}\n' }
  expect(await completeCode(options)).toMatchObject({ code: 'a + b', cut: 'brackets' })
  await left
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ prompt: options.prefix, suffix: options.suffix })
})

test('a session closes the connection of a request that the user typed away from', async () => {
  let begun = () => {}
  const started = new Promise<void>((resolve) => {
    begun = resolve
  })
  const left = new Promise<void>((resolve) => {
    write = (response) => {
      response.write(event('one'))
      response.on('close', resolve)
      begun()
    }
  })
  const session = completionSession({ model: model(), debounce: 0 })
  const first = session.complete({ prefix: 'a = ' })
  await started
  write = (response) => response.end(`${event('2', 'stop')}data: [DONE]\n\n`)
  expect((await session.complete({ prefix: 'a = x' }))?.code).toBe('2')
  await left
  expect(await first).toBeUndefined()
  session.close()
})
