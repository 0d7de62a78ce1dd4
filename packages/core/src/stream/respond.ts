import type { Part } from '../contract/part.ts'
import { AnyModelError, isAnyModelError } from '../errors.ts'
import type { Encoder } from './formats/encoder.ts'
import type { SharedReader } from './share.ts'

/**
 * `ui`: the UI message stream of `useChat`. `openai`: Chat Completions chunks. `anthropic`: Messages events. `sse`: every part as a server-sent event. `text`: the text alone. `ndjson`: every part as a line.
 */
export type ResponseFormat = 'ui' | 'openai' | 'anthropic' | 'sse' | 'text' | 'ndjson'

export interface RespondOptions {
  /** Default `ui`. */
  readonly format?: ResponseFormat
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** What the client is told about an error. Default: its code, nothing that a service or a tool said. */
  readonly onError?: (error: unknown) => string
}

/** What `pipeTo` needs of a `node:http` response; those of Express and Fastify (`reply.raw`) have it. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  write(chunk: string): boolean
  end(): unknown
  destroy(error?: Error): unknown
  on(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
  readonly destroyed?: boolean
}

const contentTypes: Readonly<Record<ResponseFormat, string>> = {
  ui: 'text/event-stream',
  openai: 'text/event-stream; charset=utf-8',
  anthropic: 'text/event-stream; charset=utf-8',
  sse: 'text/event-stream; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

const safeMessage = (error: unknown): string =>
  `The model could not finish its answer (${isAnyModelError(error) ? error.code : 'error'}).`

function headersOf(options: RespondOptions): Record<string, string> {
  const format = options.format ?? 'ui'
  if (!(format in contentTypes)) {
    throw new AnyModelError(
      'invalid-argument',
      `There is no format "${format}". Formats: ${Object.keys(contentTypes).join(', ')}.`,
    )
  }
  return {
    'content-type': contentTypes[format],
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...(format === 'ui' ? { 'x-vercel-ai-ui-message-stream': 'v1' } : {}),
    ...options.headers,
  }
}

/** Encoders are loaded with the first response. */
async function encoderOf({ format = 'ui' }: RespondOptions): Promise<Encoder> {
  return (await import('./formats/index.ts')).encoders[format]()
}

/** Everything that is here now as one text; `undefined` when the parts are over. Throws what broke them. */
async function nextText(parts: SharedReader, encoder: Encoder): Promise<string | undefined> {
  for (;;) {
    const { done, value } = await parts.next()
    if (done) return undefined
    let text = encoder.part(value)
    for (let part: Part | undefined = parts.take(); part; part = parts.take()) text += encoder.part(part)
    if (text !== '') return text
  }
}

/** A web `Response` that hands the parts over as they come. A client that leaves closes the model's connection. */
export function toResponse(parts: SharedReader, options: RespondOptions = {}): Response {
  const headers = headersOf(options)
  const bytes = new TextEncoder()
  let encoder: Encoder | undefined
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (!encoder) {
            encoder = await encoderOf(options)
            const start = encoder.start()
            if (start !== '') return controller.enqueue(bytes.encode(start))
          }
          const text = await nextText(parts, encoder)
          if (text !== undefined) return controller.enqueue(bytes.encode(text))
          const end = encoder.end()
          if (end !== '') controller.enqueue(bytes.encode(end))
          controller.close()
        } catch (error) {
          const last = encoder?.error((options.onError ?? safeMessage)(error))
          if (last === undefined) return controller.error(error)
          controller.enqueue(bytes.encode(last))
          controller.close()
        }
      },
      async cancel() {
        await parts.return()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: options.status ?? 200, headers })
}

/** Writes the parts to a `node:http` response. Waits for slow clients; one that leaves closes the model's connection. Settles when all is written or the client is gone; never rejects. */
export async function pipeTo(parts: SharedReader, response: NodeResponse, options: RespondOptions = {}): Promise<void> {
  const headers = headersOf(options)
  const encoder = await encoderOf(options)
  let gone = response.destroyed ?? false
  let wake: (() => void) | undefined
  const onClose = () => {
    gone = true
    wake?.()
    void parts.return()
  }
  const onDrain = () => wake?.()
  response.on('close', onClose)
  response.on('drain', onDrain)
  const write = async (text: string) => {
    if (gone || text === '' || response.write(text)) return
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  try {
    if (gone) return void (await parts.return())
    response.writeHead(options.status ?? 200, headers)
    await write(encoder.start())
    for (let text = await nextText(parts, encoder); text !== undefined && !gone; text = await nextText(parts, encoder))
      await write(text)
    await write(encoder.end())
    response.end()
  } catch (error) {
    const last = gone ? undefined : encoder.error((options.onError ?? safeMessage)(error))
    if (last === undefined) response.destroy()
    else {
      await write(last)
      response.end()
    }
  } finally {
    response.off('close', onClose)
    response.off('drain', onDrain)
    await parts.return()
  }
}
