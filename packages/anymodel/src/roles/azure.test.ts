import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { anymodel } from '../index.ts'
import { testFile } from '../testing/config-file.ts'

const closers: (() => void)[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const close of closers.splice(0)) close()
})

/** A resource that says how it was asked. */
async function resource(): Promise<{ url: string; asked: { url?: string; headers: Record<string, unknown> }[] }> {
  const asked: { url?: string; headers: Record<string, unknown> }[] = []
  const server = createServer((request, reply) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    reply.setHeader('content-type', 'application/json')
    const item = { type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] }
    reply.end(JSON.stringify({ id: 'r', object: 'response', status: 'completed', model: 'gpt-5.4', output: [item] }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

test('a resource of Azure has its version, its token and the models behind deployments from the config', async () => {
  const { url, asked } = await resource()
  vi.stubEnv('AZURE_OPENAI_ENDPOINT', url)
  const token = testFile('token', 'first')
  const settings = { token: `\${file:${token}}`, apiVersion: '2025-04-01-preview', models: { prod: 'o3' } }
  const ai = await anymodel({ config: { models: { chat: 'azure/prod' }, providers: { azure: settings } } })
  // o3 takes no temperature: what is known of the model behind the deployment decides.
  const { text, warnings } = await ai.generateText({ model: 'chat', prompt: 'Hi.', temperature: 0.5 })
  expect(text).toBe('Hello.')
  expect(warnings).toMatchObject([{ option: 'temperature' }])
  expect(asked[0]?.url).toBe('/openai/responses?api-version=2025-04-01-preview')
  expect(asked[0]?.headers.authorization).toBe('Bearer first')
  await ai.close()
})

test('without a word on where the resource is, it says how to name it', async () => {
  for (const name of ['AZURE_OPENAI_ENDPOINT', 'AZURE_RESOURCE_NAME']) vi.stubEnv(name, undefined)
  const ai = await anymodel({ config: { models: { chat: 'azure/prod' }, providers: { azure: { apiKey: 'key' } } } })
  await expect(ai.generateText({ model: 'chat', prompt: 'Hi.' })).rejects.toMatchObject({
    message: expect.stringContaining('resource'),
  })
  await ai.close()
})

test('only azure has a resource', async () => {
  const config = { providers: { groq: { resource: 'house' } } }
  await expect(anymodel({ config: config as never })).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('providers.groq.resource is not a key that stands here'),
  })
})
