import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { generateText } from '../generate/generate-text.ts'
import { mcpTools } from './mcp.ts'

const connected = async () => {
  const server = new McpServer({ name: 'test', version: '1' })
  server.registerTool('greet', { description: 'Greets', inputSchema: { name: z.string() } }, ({ name }) => ({
    content: [{ type: 'text', text: `Hello ${name}` }],
  }))
  server.registerTool('draw', {}, () => ({ content: [{ type: 'image', data: 'AQID', mimeType: 'image/png' }] }))
  server.registerTool('fail', {}, () => ({ isError: true, content: [{ type: 'text', text: 'no paper' }] }))
  const client = new Client({ name: 'test', version: '1' })
  const [a, b] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(a), client.connect(b)])
  return client
}

const finish = (reason: 'stop' | 'tool-calls'): Part => ({
  type: 'finish',
  reason,
  usage: {},
  response: { provider: 'test', model: 'm' },
})

it('tools of a connected MCP client run like any other: text, images and errors reach the model', async () => {
  const client = await connected()
  const tools = await mcpTools(client, { prefix: 'x_' })
  const calls: TextCall[] = []
  const model: TextModel = {
    provider: 'test',
    id: 'm',
    supports: { tools: true },
    async *stream(call) {
      calls.push(call)
      if (calls.length === 1) {
        yield { type: 'tool-call', id: '1', name: 'x_greet', input: '{"name":"Ann"}' }
        yield { type: 'tool-call', id: '2', name: 'x_draw', input: '' }
        yield { type: 'tool-call', id: '3', name: 'x_fail', input: '{}' }
        yield finish('tool-calls')
      } else yield finish('stop')
    },
  }
  await generateText({ model, prompt: 'x', tools })
  expect(calls[0]?.tools?.[0]).toMatchObject({
    name: 'x_greet',
    description: 'Greets',
    inputSchema: { type: 'object', required: ['name'] },
  })
  expect(calls[1]?.messages.at(-1)).toMatchObject({
    content: [
      { id: '1', content: [{ type: 'text', text: 'Hello Ann' }] },
      { id: '2', content: [{ type: 'file', mediaType: 'image/png', data: 'AQID' }] },
      { id: '3', isError: true, output: 'no paper' },
    ],
  })
  await client.close()
})

it('takes only the named tools', async () => {
  const client = await connected()
  expect(Object.keys(await mcpTools(client, { only: ['draw'] }))).toEqual(['draw'])
  await client.close()
})
