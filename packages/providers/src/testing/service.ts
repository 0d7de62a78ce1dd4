import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'

/** A picture of one pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** A request as a service saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as JSON, or as it stands. */
  readonly body: Record<string, unknown>
  readonly text: string
}

/** The texts of a form, and the bytes of its files. */
export async function formOf(seen: Seen | undefined): Promise<Record<string, string | Buffer>> {
  const type = String(seen?.headers['content-type'])
  const body = Buffer.from(seen?.text ?? '', 'latin1')
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  const fields = [...form].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()),
  ])
  return Object.fromEntries(await Promise.all(fields))
}

/** What a service answers: a picture's `bytes`, text of a `type`, or JSON. */
export interface Reply {
  readonly status?: number
  readonly json?: unknown
  readonly text?: string
  readonly type?: string
  readonly bytes?: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A service on loopback, until the end of the test. `answer` gets how often a path was asked before. */
export async function serve(answer: (seen: Seen, times: number, origin: string) => Reply | Promise<Reply>) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('latin1')
    const { method = '', url = '', headers } = request
    const one: Seen = { method, path: url, headers, body: text.startsWith('{') ? JSON.parse(text) : {}, text }
    const times = seen.filter(({ path }) => path === url).length
    seen.push(one)
    const {
      status = 200,
      json,
      bytes,
      headers: more,
      text: words,
      type = bytes ? 'image/png' : 'application/json',
    } = await answer(one, times, origin)
    response.writeHead(status, { 'content-type': type, ...more })
    response.end(bytes ?? words ?? JSON.stringify(json))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { seen, origin }
}
