import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Json, JsonObject } from '@anymodel/core'
import { type Answer, toScript } from '../answer.ts'
import { anthropicMessagesWire } from '../wire/anthropic-messages.ts'
import { asWire } from '../wire/embedding-wire.ts'
import { geminiWire } from '../wire/gemini.ts'
import { geminiEmbeddingsWire } from '../wire/gemini-embeddings.ts'
import { ollamaChatWire } from '../wire/ollama-chat.ts'
import { openaiChatWire } from '../wire/openai-chat.ts'
import { openaiEmbeddingsWire } from '../wire/openai-embeddings.ts'
import { openaiResponsesWire } from '../wire/openai-responses.ts'
import type { ServiceError, Wire, WireEvent } from '../wire/wire.ts'
import { firstBytes, toJsonLines, toLines, toWrites } from './bytes.ts'
import type { Reply, ServedRequest } from './reply.ts'

/** An answer or a reply, or a function of the request that gives one. */
export type Served =
  | Answer
  | Reply
  | ((request: ServedRequest, index: number) => Answer | Reply | Promise<Answer | Reply>)

export interface ModelServerOptions {
  /** Formats beyond those that are built in (or in their place: the first one that serves a path is taken). */
  readonly wires?: readonly Wire[]
  /** Answer with status 400 what the real service would refuse. Default true. */
  readonly strict?: boolean
}

/** A model service on a loopback port. */
export interface ModelServer {
  /** `http://127.0.0.1:PORT`. Any path in front of the format's own is served: `/v1/chat/completions`, `/openai/v1/chat/completions`. */
  readonly url: string
  /** Every request so far, in order. */
  readonly requests: readonly ServedRequest[]
  /** Connections that are open now. */
  readonly openSockets: number
  /** Sets what comes next: request n from now on gets reply n, the last reply stays. */
  reply(...replies: Served[]): void
  /** Forgets the requests so far: those of a long test are many. */
  forget(): void
  /** Drops every connection and stops. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const builtIn = [
  openaiChatWire,
  openaiResponsesWire,
  anthropicMessagesWire,
  geminiWire,
  ollamaChatWire,
  asWire(openaiEmbeddingsWire),
  asWire(geminiEmbeddingsWire),
]

/**
 * A server on a loopback port that speaks Chat Completions, Responses, Anthropic Messages, Gemini and Ollama's own format: you give it portable answers, it writes them in the format of the request, streamed or whole as asked.
 * Texts to embed (OpenAI's and Gemini's formats) get vectors of their own, whatever the answer says.
 *
 * ```ts
 * await using server = await modelServer('Hello!')
 * const model = groq({ baseURL: `${server.url}/v1`, apiKey: 'test' }).text('any')
 * ```
 */
export async function modelServer(first: Served = '', options: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: ServedRequest[] = []
  const sockets = new Set<Socket>()
  const numbers = new WeakMap<Socket, number>()
  let replies: readonly Served[] = [first]
  let answered = 0
  let connections = 0
  const server = createServer((incoming, outgoing) => {
    const connection = numbers.get(incoming.socket) ?? 0
    serve(incoming, outgoing, connection).catch((error) => outgoing.destroy(error as Error))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    numbers.set(socket, connections++)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
  })

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse, connection: number) => {
    const { request, wire } = await read(incoming, outgoing, connection, options)
    requests.push(request)
    const index = answered++
    const served = replies[Math.min(index, replies.length - 1)] as Served
    if (!wire)
      return write(outgoing, { status: 404, body: `Nothing is served at ${request.path}.` }, undefined, request)
    if (request.refused !== undefined && options.strict !== false)
      return write(outgoing, { error: { status: 400, message: request.refused } }, wire, request)
    const given = typeof served === 'function' ? await served(request, index) : served
    await write(
      outgoing,
      typeof given === 'string' || Array.isArray(given) ? { answer: given } : (given as Reply),
      wire,
      request,
    )
  }

  const port = await listen(server)
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    forget: () => void requests.splice(0),
    get openSockets() {
      return sockets.size
    },
    reply(...next) {
      replies = next
      answered = 0
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function read(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  connection: number,
  { wires = [] }: ModelServerOptions,
): Promise<{ request: ServedRequest; wire: Wire | undefined }> {
  const outcome = new Promise<'complete' | 'dropped'>((resolve) => {
    outgoing.on('close', () => resolve(outgoing.writableFinished ? 'complete' : 'dropped'))
  })
  const at = performance.now()
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  const wire = [...wires, ...builtIn].find((candidate) => candidate.serves(url.pathname))
  const body = toObject(text)
  const request: ServedRequest = {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers as Record<string, string>,
    body,
    text,
    at,
    connection,
    refused: wire?.refuse(body),
    outcome,
  }
  return { request, wire }
}

function toObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

interface Content {
  readonly status: number
  readonly type: string
  /** One per event. */
  readonly pieces: readonly (string | Uint8Array)[]
}

async function write(
  outgoing: ServerResponse,
  reply: Reply,
  wire: Wire | undefined,
  request: ServedRequest,
): Promise<void> {
  const { silentAfter, encoding, headers, delay, dropAt, endAt, stall } = reply
  if (silentAfter === 'request') return
  if (dropAt === -1) return drop(outgoing, reply)
  const { status, type, pieces } = toContent(reply, wire, request)
  outgoing.writeHead(status, {
    'content-type': type,
    'x-request-id': 'req_served',
    ...(encoding ? { 'content-encoding': encoding } : {}),
    ...headers,
  })
  outgoing.flushHeaders()
  const writes = toWrites(pieces, reply)
  const stalled = stall && (typeof stall.before === 'number' ? stall.before : placeOf(stall.before, pieces))
  for (const [at, bytes] of firstBytes(writes, dropAt ?? endAt ?? Number.POSITIVE_INFINITY).entries()) {
    if (stall && at === stalled) await quiet(outgoing, stall, wire?.framing)
    if (delay !== undefined) await wait(delay)
    if (outgoing.destroyed) return
    if (!outgoing.write(bytes)) await drained(outgoing)
  }
  if (silentAfter !== undefined) return
  if (dropAt === undefined) return void outgoing.end()
  // The bytes so far are to arrive: a moment passes before the connection goes.
  await wait(5)
  drop(outgoing, reply)
}

const placeOf = (text: string, pieces: Content['pieces']): number =>
  pieces.findIndex((piece) => typeof piece === 'string' && piece.includes(text))

const drop = (outgoing: ServerResponse, { reset }: Reply): void =>
  void (reset ? outgoing.socket?.resetAndDestroy() : outgoing.destroy())

/** Lets time pass, with comments or without; less of it when the client leaves. */
async function quiet(
  outgoing: ServerResponse,
  { ms, alive }: NonNullable<Reply['stall']>,
  framing: Wire['framing'],
): Promise<void> {
  const gone = new AbortController()
  const leave = () => gone.abort()
  outgoing.on('close', leave)
  const beats = alive ? 20 : 1
  try {
    for (let beat = 0; beat < beats; beat++) {
      if (alive) outgoing.write(framing === 'ndjson' ? '\n' : ': keep-alive\n\n')
      await wait(ms / beats, undefined, { signal: gone.signal })
    }
  } catch {
    // The client left: there is nobody to be quiet for.
  } finally {
    outgoing.off('close', leave)
  }
}

/** Settles when there is room for more, or nobody to write to. */
const drained = (outgoing: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
  })

const eventStream = 'text/event-stream; charset=utf-8'
const jsonLines = 'application/x-ndjson'
const json = 'application/json; charset=utf-8'

function toContent(reply: Reply, wire: Wire | undefined, request: ServedRequest): Content {
  const { body, error, answer = '', delivery, silentAfter, rewrite = (events) => events } = reply
  const status = reply.status ?? (error && error.after === undefined ? (error.status ?? 500) : 200)
  if (body !== undefined) return { status, ...toBody(body) }
  if (!wire) return { status, type: json, pieces: [] }
  if (error && error.after === undefined)
    return { status, type: json, pieces: [JSON.stringify(wire.error(spelt(error, wire)))] }
  const script = toScript(answer)
  if ((delivery ?? (wire.wantsStream(request.body, request.path) ? 'stream' : 'whole')) === 'whole') {
    const whole = wire.whole(script, request.body)
    return { status, type: json, pieces: [JSON.stringify(reply.rewriteWhole ? reply.rewriteWhole(whole) : whole)] }
  }
  const events = rewrite(withError(wire.events(script), error, wire))
  const sent = typeof silentAfter === 'number' ? events.slice(0, silentAfter) : events
  if (wire.framing === 'ndjson') return { status, type: jsonLines, pieces: toJsonLines(sent, reply) }
  return { status, type: eventStream, pieces: toLines(sent, reply) }
}

function toBody(body: string | Uint8Array | Json): Omit<Content, 'status'> {
  if (body instanceof Uint8Array) return { type: 'application/octet-stream', pieces: [body] }
  if (typeof body === 'string')
    return { type: body.trimStart().startsWith('<') ? 'text/html' : 'text/plain', pieces: [body] }
  return { type: json, pieces: [JSON.stringify(body)] }
}

function withError(events: WireEvent[], error: Reply['error'], wire: Wire): WireEvent[] {
  return error?.after === undefined ? events : [...events.slice(0, error.after), wire.errorEvent(spelt(error, wire))]
}

const spelt = ({ status = 500, message, code }: ServiceError, wire: Wire): Required<ServiceError> => ({
  status,
  message,
  code: code ?? wire.codes[status] ?? wire.codes[500] ?? 'error',
})
