import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ModelServer, modelServer } from './model-server.ts'

let server: ModelServer
beforeEach(async () => {
  server = await modelServer('Hello!')
})
afterEach(() => server.close())

const messages = [{ role: 'user', content: 'Hi' }]

/** The smallest request of each format. */
const formats = {
  '/v1/chat/completions': { model: 'm', messages },
  '/v1/responses': { model: 'm', input: 'Hi' },
  '/v1/messages': { model: 'm', max_tokens: 10, messages },
  '/v1beta/models/m:generateContent': { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
} as const

const post = (path: string, body: object, init: RequestInit = {}) =>
  fetch(server.url + path, { method: 'POST', body: JSON.stringify(body), ...init })

const chat = (init: RequestInit = {}, more: object = { stream: true }) =>
  post('/v1/chat/completions', { ...formats['/v1/chat/completions'], ...more }, init)

describe('modelServer', () => {
  it.each(Object.entries(formats))('answers %s, whole and streamed', async (path, body) => {
    const whole = await post(path, body)
    expect(whole.headers.get('content-type')).toContain('application/json')
    expect(await whole.text()).toContain('Hello!')
    const streamPath = path.replace(':generateContent', ':streamGenerateContent')
    const streamed = await post(`${streamPath}?alt=sse`, { ...body, stream: true })
    expect(streamed.headers.get('content-type')).toContain('text/event-stream')
    expect(await streamed.text()).toMatch(/^(?:event: \S+\n)?data: \{.*Hello!/s)
    expect(server.requests.map(({ refused }) => refused)).toEqual([undefined, undefined])
  })

  it('refuses what the service would refuse, in its words', async () => {
    const reply = await post('/v1/messages', { model: 'm', messages })
    expect([reply.status, await reply.json()]).toEqual([
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'max_tokens is required' },
        request_id: 'req_body',
      },
    ])
    expect(server.requests[0]?.refused).toBe('max_tokens is required')
  })

  it('says that it does not know a path', async () => {
    expect((await post('/v2/strange', {})).status).toBe(404)
  })

  it('records what it was asked', async () => {
    await chat({ headers: { authorization: 'Bearer x', 'X-Mine': 'yes' } })
    const [request] = server.requests
    expect(request?.path).toBe('/v1/chat/completions')
    expect(request?.body).toMatchObject({ messages, stream: true })
    expect([request?.headers['x-mine'], request?.headers.authorization]).toEqual(['yes', 'Bearer x'])
    expect(await request?.outcome).toBe('complete')
  })

  it('gives one reply after the other, and the last again', async () => {
    server.reply('one', ({ body }, index) => `${index}-${String(body.model)}`)
    const texts: string[] = []
    for (let at = 0; at < 3; at++) texts.push(await (await chat({}, {})).text())
    expect(texts.map((text) => JSON.parse(text).choices[0].message.content)).toEqual(['one', '1-m', '2-m'])
  })

  it('tells errors as the service does: as a response, under 200, and inside the stream', async () => {
    server.reply({ error: { status: 429, message: 'Slow.' }, headers: { 'retry-after': '2' } })
    const limited = await chat()
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2'])
    expect(await limited.json()).toMatchObject({ error: { message: 'Slow.', code: 'rate_limit_exceeded' } })
    server.reply({ status: 200, error: { message: 'Broken.' } })
    expect((await chat()).status).toBe(200)
    server.reply({ error: { message: 'Broken.', after: 1 } })
    const lines = (await (await chat()).text()).trim().split('\n\n')
    expect([lines.length, lines[1]?.includes('Broken.')]).toEqual([2, true])
  })

  it('sends any body as it stands', async () => {
    server.reply({ status: 502, body: '<h1>Bad gateway</h1>' }, { body: { any: 'json' } }, { body: '' })
    const page = await chat()
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      502,
      'text/html',
      '<h1>Bad gateway</h1>',
    ])
    expect(await (await chat()).json()).toEqual({ any: 'json' })
    expect(await (await chat()).text()).toBe('')
  })

  it('cuts, comments and compresses without changing what is said', async () => {
    const plain = await (await chat()).text()
    for (const cut of [1, 7, { seed: 1 }, 'whole'] as const) {
      server.reply({ answer: 'Hello!', cut })
      expect(await (await chat()).text()).toBe(plain)
    }
    server.reply({ answer: 'Hello!', newline: '\r\n', comments: true })
    const commented = await (await chat()).text()
    expect(commented.replaceAll(': keep-alive\r\n\r\n', '').replaceAll('\r\n', '\n')).toBe(plain)
    server.reply({ answer: 'Hello!', encoding: 'gzip', cut: 3 })
    const compressed = await chat()
    expect(compressed.headers.get('content-encoding')).toBe('gzip')
    expect(await compressed.text()).toBe(plain)
  })

  it('breaks off: dropped, or ended too early, or silent', async () => {
    const { length } = await (await chat()).text()
    server.reply({ answer: 'Hello!', endAt: 20 })
    expect(await (await chat()).text()).toHaveLength(20)
    server.reply({ answer: 'Hello!', dropAt: 20 })
    await expect(chat().then((reply) => reply.text())).rejects.toThrow()
    server.reply({ answer: 'Hello!', dropAt: -1 })
    await expect(chat()).rejects.toThrow()
    server.reply({ answer: 'Hello!', silentAfter: 1 })
    const controller = new AbortController()
    const silent = await chat({ signal: controller.signal })
    const text = silent.text()
    controller.abort()
    await expect(text).rejects.toThrow()
    expect(await server.requests.at(-1)?.outcome).toBe('dropped')
    server.reply({ silentAfter: 'request' })
    await expect(chat({ signal: AbortSignal.timeout(50) })).rejects.toThrow()
    expect(length).toBeGreaterThan(20)
  })

  it('lets the events of a stream be changed', async () => {
    server.reply({
      answer: 'Hello!',
      rewrite: (events) => [...events.filter(({ terminal }) => !terminal), { data: '{oops' }],
    })
    const text = await (await chat()).text()
    expect([text.includes('[DONE]'), text.endsWith('data: {oops\n\n')]).toEqual([false, true])
  })

  it('counts the connections that are open, and closes them all', async () => {
    server.reply({ silentAfter: 'request' })
    const requests = [chat(), chat()].map((promise) => promise.catch(() => 'closed'))
    await expect.poll(() => server.openSockets).toBe(2)
    await server.close()
    expect(await Promise.all(requests)).toEqual(['closed', 'closed'])
    expect(server.openSockets).toBe(0)
  })
})
