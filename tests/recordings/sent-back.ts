import { generateText, type JsonObject, stepCount, type TextModel } from '@anymodel/core'
import { fetchOf, type Interaction, type ReplayOptions } from './read.ts'

const options = { apiKey: 'key-for-replay', baseURL: 'http://recorded.invalid/v1' }

/** The request that goes on with a recorded answer: what the model makes of its own words when they go back to it. */
export async function sentBack(
  make: (options: ReplayOptions) => TextModel,
  interaction: Interaction,
): Promise<JsonObject> {
  const answered = await generateText({
    model: make({ ...options, fetch: fetchOf(interaction, 'whole') }),
    prompt: 'First question.',
    stopWhen: stepCount(1),
  })
  let body: unknown
  const fetch = (async (_url: unknown, init?: { body?: unknown }) => {
    body = JSON.parse(String(init?.body))
    return fetchOf(interaction, 'whole')('')
  }) as typeof globalThis.fetch
  const messages = [...answered.messages, { role: 'user' as const, content: 'Next question.' }]
  await generateText({ model: make({ ...options, fetch }), messages, stopWhen: stepCount(1) })
  return body as JsonObject
}
