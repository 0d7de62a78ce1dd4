import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultServer, faultServer } from './fault-server.ts'
import { healthyAnswer } from './healthy.ts'

let server: FaultServer
beforeEach(async () => {
  server = await faultServer({ stall: 60, retryAfter: 2_000 })
})
afterEach(() => server.close())

const user = { role: 'user', content: 'Hi' }

const ask = (model: string, messages: object[] = [user], init: RequestInit = {}) =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, messages, stream: true }),
    ...init,
  })

/** The text of a stream of chunks; lines that are no JSON are left out. */
const textOf = (stream: string): string =>
  [...stream.matchAll(/^data: (\{.*\})\r?$/gm)]
    .map(([, json]) => JSON.parse(json as string).choices[0]?.delta.content ?? '')
    .join('')

const textFrom = async (model: string, messages?: object[]) => textOf(await (await ask(model, messages)).text())

describe('faultServer', () => {
  it('answers in sixty words', async () => {
    expect(healthyAnswer.split(/\s+/)).toHaveLength(60)
    expect(await textFrom('healthy')).toBe(healthyAnswer)
    const gemini = await fetch(`${server.url}/v1beta/models/gzip@a:streamGenerateContent?alt=sse`, {
      method: 'POST',
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
    })
    expect(await gemini.text()).toContain('hungry')
    expect(server.log().map(({ model }) => model)).toEqual(['healthy', 'gzip@a'])
  })

  it('says a model that it does not know does not exist', async () => {
    expect((await ask('constructor')).status).toBe(404)
    expect((await ask('nothing-once')).status).toBe(404)
  })

  it('has every status, as often as the name says', async () => {
    expect((await ask('status-418')).status).toBe(418)
    const statuses: number[] = []
    for (let at = 0; at < 3; at++) statuses.push((await ask('status-503-twice')).status)
    expect(statuses).toEqual([503, 503, 200])
    expect((await ask('status-503-once@other')).status).toBe(503)
  })

  it.each(['ms', 'seconds', 'date', 'azure', 'duration', 'timestamp', 'words', 'info'])(
    'asks for a wait: %s',
    async (spelling) => {
      const reply = await ask(`limited-${spelling}`)
      expect(reply.status).toBe(429)
      const headers = [...reply.headers].filter(([name]) => /retry|limit/.test(name)).flat()
      expect(headers.join(' ') + (await reply.text())).toMatch(/2000|"2s"| 2s|retry-after 2\{|20\d\d/)
    },
  )

  it('breaks connections before and after the headers, and in the middle', async () => {
    for (const name of ['reset', 'closed']) await expect(ask(name)).rejects.toThrow()
    for (const name of ['reset-after-headers', 'cut', 'cut-200', 'cut-in-gzip'])
      await expect(ask(name).then((reply) => reply.text())).rejects.toThrow()
    expect(await (await ask('ended-200')).text()).toHaveLength(200)
  })

  it('cuts after forty words', async () => {
    const reader = (await ask('cut')).body?.getReader()
    let text = ''
    await expect(
      (async () => {
        for (;;) text += new TextDecoder().decode((await reader?.read())?.value)
      })(),
    ).rejects.toThrow()
    expect(textOf(text).trim().split(/\s+/)).toHaveLength(40)
  })

  it('is silent for ever, or for a while', async () => {
    for (const name of ['silent', 'silent-after-headers'])
      await expect(
        ask(name, undefined, { signal: AbortSignal.timeout(50) }).then((reply) => reply.text()),
      ).rejects.toThrow()
    for (const name of ['slow-headers', 'slow-start', 'stall', 'alive']) {
      const before = performance.now()
      expect(await textFrom(name)).toBe(healthyAnswer)
      expect(performance.now() - before).toBeGreaterThan(55)
    }
    expect(await (await ask('alive-only')).text()).not.toContain('content')
  })

  it('damages streams', async () => {
    expect(await (await ask('malformed')).text()).toContain('{"choices":[{"delta":{"cont\n')
    expect((await (await ask('error-first')).text()).trim().split('\n\n')).toHaveLength(1)
    const late = await (await ask('error-late')).text()
    expect(late).toContain('Overloaded')
    expect(late).not.toContain('finish_reason":"stop')
    expect(await (await ask('no-last-sign')).text()).not.toContain('[DONE]')
    expect(await (await ask('no-end')).text()).not.toContain('finish_reason":"stop')
    expect(await (await ask('error-after-tool')).text()).toMatch(/herring.*went wrong/s)
    expect((await (await ask('doubled-start')).text()).match(/"role":"assistant"/g)).toHaveLength(2)
  })

  it.each(['gzip', 'brotli', 'split', 'split-crlf'])('says the same in other bytes: %s', async (name) => {
    expect(await textFrom(name)).toBe(healthyAnswer)
  })

  it('goes on with an answer that is begun, and repeats what it is asked to repeat', async () => {
    const begun = { role: 'assistant', content: healthyAnswer.slice(0, 100) }
    expect(await textFrom('healthy', [user, begun])).toBe(healthyAnswer.slice(100))
    const repeat = { role: 'user', content: `Go on after: ${healthyAnswer.slice(80, 100)}` }
    expect(await textFrom('healthy', [user, begun, repeat])).toBe(healthyAnswer.slice(80))
    expect(await textFrom('healthy', [user, begun, user])).toBe(healthyAnswer.slice(100))
    expect((await ask('no-prefill', [user, begun])).status).toBe(400)
    expect(await textFrom('no-prefill', [user, begun, repeat])).toBe(healthyAnswer.slice(80))
  })

  it('follows a script, then the name again', async () => {
    server.script('healthy', { error: { status: 500, message: 'x' } }, 'other')
    expect((await ask('healthy')).status).toBe(500)
    expect(await textFrom('healthy')).toBe('other')
    expect(await textFrom('healthy')).toBe(healthyAnswer)
  })
})
