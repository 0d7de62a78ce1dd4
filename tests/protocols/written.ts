import { isAnyModelError, streamText } from '@anymodel/core'
import type { Asked } from './calls.ts'
import type { Speaker } from './speakers.ts'

/** What a model wrote to the wire for a call, and what it warned of; or why it refused. */
export interface Written {
  readonly path?: string
  readonly body?: unknown
  readonly warnings?: readonly string[]
  readonly refused?: string
}

/** Asks through the verb and keeps the request. The answer is an error: nothing is decoded here. */
export async function written({ model }: Speaker, asked: Asked): Promise<Written> {
  let sent: { path: string; body: unknown } | undefined
  const warnings: string[] = []
  const answer = async (url: unknown, init?: { body?: unknown }): Promise<Response> => {
    sent = { path: String(url).slice('http://service.invalid'.length), body: JSON.parse(String(init?.body)) }
    return new Response('{}', { status: 500 })
  }
  const options = { apiKey: 'key', baseURL: 'http://service.invalid', fetch: answer as typeof globalThis.fetch }
  try {
    for await (const part of streamText({ ...asked, model: model(options) }))
      if (part.type === 'notice' && part.kind === 'warning') warnings.push(part.message)
  } catch (error) {
    if (!sent && isAnyModelError(error)) return { refused: `${error.code}: ${error.message}` }
    if (!sent) throw error
  }
  return { ...sent, ...(warnings.length > 0 ? { warnings } : {}) }
}
