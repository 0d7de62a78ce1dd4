import type { Encoder } from './encoder.ts'
import { data, toWire } from './encoder.ts'

/** Just the text. An error breaks the connection off: there is no other way to tell. */
export const textEncoder = (): Encoder => ({
  contentType: 'text/plain; charset=utf-8',
  start: () => '',
  part: (part) => (part.type === 'text' ? part.text : ''),
  end: () => '',
  error: () => undefined,
})

/** Every part as one line of JSON. */
export const ndjsonEncoder = (): Encoder => ({
  contentType: 'application/x-ndjson; charset=utf-8',
  start: () => '',
  part: (part) => `${JSON.stringify(toWire(part))}\n`,
  end: () => '',
  error: (message) => `${JSON.stringify({ type: 'error', message })}\n`,
})

/** Every part as one server-sent event, `[DONE]` at the end. */
export const sseEncoder = (): Encoder => ({
  contentType: 'text/event-stream; charset=utf-8',
  start: () => '',
  part: (part) => data(toWire(part)),
  end: () => 'data: [DONE]\n\n',
  error: (message) => `${data({ type: 'error', message })}data: [DONE]\n\n`,
})
