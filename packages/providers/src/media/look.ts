import type { ImageCall, ImageEvent } from '@anymodel/core'
import { type PollOptions, poll, type SocketMessage, socketMessages } from '@anymodel/core/http'
import type { Endpoint } from '../endpoint.ts'
import type { ImageFormat, ImageGlances, ImageSocket } from '../protocol.ts'
import { bodyLimit, parse } from '../reply-text.ts'
import { sendAsk } from './send-ask.ts'
import type { StepContext } from './steps.ts'

/** Waits for the next thing that a service tells about how far it is. */
export type Look = (signal: AbortSignal) => Promise<readonly ImageEvent[]>

interface Source {
  readonly endpoint: Endpoint
  readonly format: ImageFormat
  readonly context: StepContext<ImageCall>
  readonly jobs: PollOptions | undefined
}

/** How to look at a drawing of this format, where it has another way than its answers. */
export function lookAt(source: Source): Look | undefined {
  const { glances, socket } = source.format
  return glances ? atAddress(source, glances) : socket ? atSocket(source, socket) : undefined
}

/** Looks do not belong to the job: there is no limit to how many there are. */
function atAddress({ endpoint, format, context: { call }, jobs }: Source, glances: ImageGlances): Look {
  const waits = poll({ first: 500, most: 2_000, ...jobs, total: Number.POSITIVE_INFINITY })
  const asked = glances.ask(call)
  return async (signal) => {
    await waits.wait(signal)
    const { reply } = await sendAsk(endpoint, asked, { headers: call.headers, signal }, { hosts: format.hosts })
    const { status, headers } = reply
    const text = new TextDecoder().decode(await reply.body.bytes(bodyLimit))
    return glances.read({ status, headers, body: parse(text), asked })
  }
}

function atSocket({ endpoint, context: { call } }: Source, { path, read }: ImageSocket): Look {
  let messages: AsyncGenerator<SocketMessage, undefined> | undefined
  return async (signal) => {
    const headers = { ...(await endpoint.headers()), ...call.headers }
    messages ??= socketMessages({ url: endpoint.baseURL + path, headers, signal }, endpoint.transport)
    for (;;) {
      const { value, done } = await messages.next().catch(() => ({ value: undefined, done: true }))
      if (done || value === undefined) return silence(signal)
      const events = read(value, call)
      if (events.length > 0) return events
    }
  }
}

/** Nothing more is told. */
const silence = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
