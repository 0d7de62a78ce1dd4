import { ByteQueue } from './byte-queue.ts'
import { networkError } from './network-error.ts'
import type { HttpReply, HttpRequest } from './send.ts'

/** Sends a request with a `fetch` of the caller's. `controller` drops the connection. */
export async function replyByFetch(
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
  controller: AbortController,
): Promise<HttpReply> {
  const signal = request.signal ? AbortSignal.any([request.signal, controller.signal]) : controller.signal
  const rethrow = (cause: unknown) =>
    request.signal?.aborted ? request.signal.reason : networkError(cause, request.url, 'headers')
  const { method, url, headers } = request
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      body: (request.body as BodyInit | undefined) ?? null,
      signal,
      redirect: 'manual',
    })
  } catch (cause) {
    throw rethrow(cause)
  }
  const reader = response.body?.getReader()
  const close = () => controller.abort()
  let wake: (() => void) | undefined
  let paused = false
  const body = new ByteQueue({
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
      wake?.()
    },
    close,
  })
  const pump = async () => {
    for (;;) {
      if (paused) await new Promise<void>((resolve) => (wake = resolve))
      const chunk = await reader?.read()
      if (!chunk || chunk.done) return body.end()
      body.push(chunk.value)
    }
  }
  pump().catch((cause) => body.fail(rethrow(cause)))
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}
