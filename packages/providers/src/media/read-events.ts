import { type ByteQueue, framings } from '@anymodel/core/http'

/** One event of a stream. */
export interface StreamEvent {
  /** Its JSON value, or the text where it is none. */
  readonly value: unknown
  readonly name: string | undefined
}

/** The events of a body of server-sent events, in the chunks in which they came; `[DONE]` ends it. */
export async function* readEvents(body: ByteQueue): AsyncGenerator<StreamEvent, undefined> {
  let pending: StreamEvent[] = []
  let done = false
  const framing = (await framings.sse())({
    event: (data, name) => {
      if (data === '[DONE]') done = true
      else if (!done) pending.push({ value: parsed(data), name })
    },
    comment: () => {},
  })
  for (;;) {
    const chunk = await body.next()
    if (chunk) framing.feed(chunk)
    else framing.end()
    const events = pending
    pending = []
    yield* events
    if (chunk && !done) continue
    body.finish()
    return undefined
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
