import { setTimeout as wait } from 'node:timers/promises'
import { streamText, type TextModel } from '@anymodel/core'
import { groq } from '@anymodel/providers/groq'
import { modelServer } from '@anymodel/testing'
import { expect, it } from 'vitest'

const fragment = { type: 'text', text: 'x'.repeat(8_192) } as const
const size = 6_000

/** Ways to read an answer. */
const readers: Readonly<Record<string, (model: TextModel) => AsyncIterator<unknown>>> = {
  'the parts of a model': (model) =>
    (model.stream({ messages: [{ role: 'user', content: 'Hi' }] }) as AsyncIterable<unknown>)[Symbol.asyncIterator](),
  'a text stream': (model) => streamText({ model, prompt: 'Hi' }).textStream[Symbol.asyncIterator](),
}

it.each(Object.entries(readers))('who reads %s slowly slows the service, and loses nothing', async (_name, read) => {
  const server = await modelServer({ answer: new Array(size).fill(fragment) })
  const model = groq({ baseURL: `${server.url}/v1`, apiKey: 'sk-0123456789abcdefghijklmn' }).text('any')
  const reader = read(model)
  const lengthOf = ({ value }: IteratorResult<unknown>) =>
    typeof value === 'string' ? value.length : ((value as { text?: string } | undefined)?.text?.length ?? 0)
  let length = 0
  while (length === 0) length += lengthOf(await reader.next())
  const before = process.memoryUsage().arrayBuffers
  await wait(300)
  const outcome = await Promise.race([server.requests[0]?.outcome, wait(1, 'still writing')])
  expect(outcome).toBe('still writing')
  // The whole answer has 49 MB; what the collector has not yet looked at counts too.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000)
  for (let next = await reader.next(); !next.done; next = await reader.next()) length += lengthOf(next)
  expect(length).toBe(size * fragment.text.length)
  expect(await server.requests[0]?.outcome).toBe('complete')
  await server.close()
})
