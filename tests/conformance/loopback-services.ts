import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { openSocket, type SendMessage } from './loopback-socket.ts'

/** A request to a service, taken apart. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly json: Record<string, unknown>
  readonly text: string
  /** Fields and files of a multipart body. */
  readonly form: FormData | undefined
  /** Where the service is. */
  readonly here: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes as they stand; anything else as JSON. */
  readonly body?: unknown
  /** The connection breaks when so much of the body is sent. */
  readonly cut?: number
}

/** Makes a service misbehave: another answer in place of the right one. */
export type Spoil = (asked: Pick<Asked, 'method' | 'path' | 'here'>, answer: Answer) => Answer

/** What a service says about a job of its own. */
export interface Job {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'cancelled'
}

export interface Jobs {
  begin(): Job
  /** Each look brings a job on by a step. */
  look(id: string): Job | undefined
  cancel(id: string): void
}

/** What it throws is refused with status 400. */
export type Service = (asked: Asked, jobs: Jobs) => Answer | undefined | Promise<Answer | undefined>

/** The first group of a pattern, or nothing. */
export const idIn = (path: string, pattern: RegExp): string => pattern.exec(path)?.[1] ?? ''
export const refused = (message: string): Answer => ({ status: 400, body: { error: { message } } })
export const missing = (message: string): Answer => ({ status: 404, body: { error: { message } } })

function jobsOf(): Jobs {
  const looks = new Map<string, number>()
  const cancelled = new Set<string>()
  let made = 0
  return {
    begin() {
      const id = `job${++made}`
      looks.set(id, 0)
      return { id, state: 'waiting' }
    },
    look(id) {
      const before = looks.get(id)
      if (before === undefined) return undefined
      looks.set(id, before + 1)
      if (cancelled.has(id)) return { id, state: 'cancelled' }
      return { id, state: before === 0 ? 'waiting' : before === 1 ? 'running' : 'done' }
    },
    cancel: (id) => void cancelled.add(id),
  }
}

async function takenApart(request: IncomingMessage, origin: string): Promise<Asked & { readonly name: string }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const text = bytes.toString()
  const { method = '', url = '', headers } = request
  const [, name = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(url) ?? []
  const type = headers['content-type'] ?? ''
  const form = type.startsWith('multipart/form-data')
    ? await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
    : undefined
  const json = text.startsWith('{') ? JSON.parse(text) : {}
  return { method, path, headers, text, form, json, name, here: `${origin}/${name}` }
}

/** Sends an answer, or the beginning of it before the connection breaks. */
export function sendAnswer(response: ServerResponse, { status = 200, headers = {}, body: given, cut }: Answer): void {
  const body = Buffer.isBuffer(given) ? given : Buffer.from(JSON.stringify(given) ?? '')
  response.statusCode = status
  response.setHeaders(new Map(Object.entries({ 'content-type': 'application/json', ...headers })))
  if (cut === undefined) return void response.end(body)
  response.setHeader('content-length', body.length)
  response.write(body.subarray(0, cut), () => response.destroy())
}

/** Closes a server. Settles when nobody holds a connection open any more that is in use. */
export const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()))

/** Services on one loopback server, each below a path of its own; `files` is asked before them, `opened` gets the WebSockets. */
export async function loopbackServices<Name extends string>(
  services: Readonly<Record<Name, Service>>,
  files: (asked: Asked) => Answer | undefined,
  {
    opened,
    spoil = (_asked, answer) => answer,
  }: { readonly opened?: (path: string, send: SendMessage) => void; readonly spoil?: Spoil | undefined } = {},
) {
  const jobs = new Map<string, Jobs>(Object.keys(services).map((name) => [name, jobsOf()]))
  const answerTo = async ({ name, ...asked }: Asked & { readonly name: string }): Promise<Answer> => {
    try {
      const found = files(asked) ?? (await services[name as Name]?.(asked, jobs.get(name) as Jobs))
      return spoil(asked, found ?? missing('There is nothing here.'))
    } catch (error) {
      return refused(String(error))
    }
  }
  const server = createServer(async (request, response) => {
    sendAnswer(response, await answerTo(await takenApart(request, origin)))
  }).listen(0, '127.0.0.1')
  if (opened) server.on('upgrade', (request, socket) => opened(request.url ?? '', openSocket(request, socket)))
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: (name: Name) => `${origin}/${name}`, close: () => closed(server) }
}
