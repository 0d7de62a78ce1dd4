import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Part } from '../contract/part.ts'
import type { TextCall, TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import { streamText } from '../generate/stream-text.ts'
import type { ResponseFormat } from './respond.ts'

const finish = (reason: 'stop' | 'tool-calls' = 'stop'): Part => ({
  type: 'finish',
  reason,
  usage: { input: 5, output: 2 },
  response: { provider: 'test', model: 'm' },
})

/** A model that gives its parts, then waits or throws if told so. */
const model = (parts: Part[], then?: Error | 'wait'): TextModel & { left: boolean } => ({
  provider: 'test',
  id: 'm',
  supports: { tools: true },
  left: false,
  async *stream({ signal }: TextCall) {
    try {
      yield* parts
      if (then instanceof Error) throw then
      if (then === 'wait')
        await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    } finally {
      this.left = true
    }
  },
})

const hello: Part[] = [
  { type: 'reasoning', text: 'hm' },
  { type: 'text', text: 'Hel' },
  { type: 'text', text: 'lo' },
  { type: 'source', url: 'https://a.example', title: 'A' },
  { type: 'file', mediaType: 'image/png', data: Uint8Array.of(1, 2, 3) },
  { type: 'tool-call', id: 'c1', name: 'add', input: '{"a":' },
  { type: 'tool-call', id: 'c1', name: 'add', input: '1}' },
  finish('tool-calls'),
]

const events = (body: string) =>
  [...body.matchAll(/^data: (.*)$/gm)].map(([, json]) => (json === '[DONE]' ? json : JSON.parse(json as string)))

describe('toResponse', () => {
  const body = async (parts: Part[], format?: ResponseFormat, then?: Error) => {
    const response = streamText({ model: model(parts, then), prompt: 'hi', tools: { add: { input: {} } } }).toResponse(
      format ? { format } : {},
    )
    return { response, body: await response.text() }
  }

  it('ui: blocks are opened and closed, tools are announced before their input is available, steps and message end', async () => {
    const { response, body: text } = await body(hello)
    expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1')
    expect(events(text).map((e) => e.type ?? e)).toEqual([
      'start',
      'start-step',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-delta',
      'source-url',
      'text-end',
      'file',
      'tool-input-start',
      'tool-input-delta',
      'tool-input-delta',
      'tool-input-available',
      'finish-step',
      'finish',
      '[DONE]',
    ])
    expect(events(text).find((e) => e.type === 'tool-input-available').input).toEqual({ a: 1 })
  })

  it('openai: chunks of one answer, open tool calls at the end, usage, [DONE]', async () => {
    const all = events((await body(hello, 'openai')).body)
    expect(all.at(-1)).toBe('[DONE]')
    const chunks = all.slice(0, -1)
    expect(chunks.map((c) => c.choices[0].delta.content ?? '').join('')).toBe('Hello')
    expect(chunks.at(-2).choices[0].delta.tool_calls).toEqual([
      { index: 0, id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
    ])
    expect(chunks.at(-1)).toMatchObject({
      choices: [{ finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    })
  })

  it('anthropic: numbered blocks between message_start and message_stop', async () => {
    const all = events((await body(hello, 'anthropic')).body)
    expect(all[0].type).toBe('message_start')
    expect(all.at(-1)).toEqual({ type: 'message_stop' })
    expect(all.filter((e) => e.type === 'content_block_start').map((e) => [e.index, e.content_block.type])).toEqual([
      [0, 'thinking'],
      [1, 'text'],
      [2, 'tool_use'],
    ])
    expect(all.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 5, output_tokens: 2 },
    })
  })

  it('sse and ndjson: every part as it is, bytes in base64', async () => {
    const sse = events((await body(hello, 'sse')).body)
    expect(sse.at(-1)).toBe('[DONE]')
    expect(sse.slice(0, -1).map((p) => p.type)).toEqual(hello.map((p) => p.type))
    const lines = (await body(hello, 'ndjson')).body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(hello.length)
    expect(lines[4]).toEqual({ type: 'file', mediaType: 'image/png', data: 'AQID' })
  })

  it('text: the text alone', async () => {
    const { response, body: text } = await body(hello, 'text')
    expect(text).toBe('Hello')
    expect(response.headers.get('content-type')).toContain('text/plain')
  })

  it.each<ResponseFormat>(['ui', 'openai', 'anthropic', 'sse', 'ndjson'])(
    '%s: an error after text is told in the stream, without what the service said',
    async (format) => {
      const { body: text } = await body(
        [{ type: 'text', text: 'Hel' }],
        format,
        new AnyModelError('server', 'internal host db-7 is down'),
      )
      expect(text).toContain('could not finish')
      expect(text).not.toContain('db-7')
    },
  )

  it('text: an error breaks the body off', async () => {
    await expect(body([{ type: 'text', text: 'Hel' }], 'text', new AnyModelError('server', 'down'))).rejects.toThrow()
  })

  it('a client that cancels closes the model', async () => {
    const slow = model([{ type: 'text', text: 'a' }], 'wait')
    const reader = streamText({ model: slow, prompt: 'hi' }).toResponse({ format: 'text' }).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('a')
    await reader?.cancel()
    await expect.poll(() => slow.left).toBe(true)
  })

  it('an unknown format is refused with the list of formats', () => {
    expect(() => streamText({ model: model(hello), prompt: 'hi' }).toResponse({ format: 'xml' as 'ui' })).toThrow(
      /Formats: ui, openai/,
    )
  })
})

describe('pipeTo', () => {
  let server: http.Server | undefined
  afterEach(() => void server?.close())

  const listen = async (handler: (req: IncomingMessage, res: ServerResponse) => void) => {
    server = http.createServer(handler)
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  it('writes the answer to a node response', async () => {
    const url = await listen(
      (_req, res) =>
        void streamText({ model: model(hello), prompt: 'hi', tools: { add: { input: {} } } }).pipeTo(res, {
          format: 'text',
          headers: { 'x-mine': '1' },
        }),
    )
    const response = await fetch(url)
    expect(response.headers.get('x-mine')).toBe('1')
    expect(await response.text()).toBe('Hello')
  })

  it('a client that disconnects closes the model', async () => {
    const slow = model([{ type: 'text', text: 'a' }], 'wait')
    const piped: Promise<void>[] = []
    const url = await listen(
      (_req, res) => void piped.push(streamText({ model: slow, prompt: 'hi' }).pipeTo(res, { format: 'text' })),
    )
    const controller = new AbortController()
    const response = await fetch(url, { signal: controller.signal })
    await response.body?.getReader().read()
    controller.abort()
    await piped[0]
    expect(slow.left).toBe(true)
  })

  it('a client that does not read holds the model back instead of filling memory', async () => {
    let made = 0
    const endless: TextModel = {
      provider: 'test',
      id: 'm',
      supports: {},
      async *stream() {
        for (; made < 100_000; made++) yield { type: 'text', text: 'x'.repeat(1_000) }
        yield finish()
      },
    }
    const url = await listen(
      (_req, res) => void streamText({ model: endless, prompt: 'hi' }).pipeTo(res, { format: 'text' }),
    )
    const request = http.get(url, (response) => response.pause())
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(made).toBeLessThan(50_000)
    request.destroy()
  })
})
