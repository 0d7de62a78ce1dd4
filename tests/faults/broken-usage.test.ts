import { streamText, withFallback } from '@anymodel/core'
import { faultServer, type Reply } from '@anymodel/testing'
import { expect, it } from 'vitest'
import { speakers } from './speakers.ts'

it('an attempt that broke off has the usage that was reported before, apart from what the answer cost', async () => {
  const server = await faultServer()
  const speak = speakers['anthropic-messages']
  if (!speak) throw new Error('unreachable: there is a speaker of Messages')
  const reply: Reply = {
    answer: [
      { type: 'text', text: 'The herring swims in the cold sea.' },
      { type: 'finish', usage: { input: 11, output: 8 } },
    ],
    rewrite: (events) => events.filter(({ terminal }) => !terminal),
    dropAt: Number.POSITIVE_INFINITY,
  }
  server.script('cut', reply, reply)
  const model = withFallback([speak(server.url, 'cut'), speak(server.url, 'healthy')], {
    onBreak: 'restart',
    retries: 0,
  })
  const { attempts, usage } = await streamText({ model, prompt: 'x' }).result
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['network', 'ok'])
  expect(attempts[0]?.usage).toMatchObject({ input: 11 })
  expect(usage).toEqual({ input: 12, output: 60, total: 72 })
  const error = await streamText({ model: speak(server.url, 'cut'), prompt: 'x' }).result.catch((thrown) => thrown)
  expect(error.partial.text.length).toBeGreaterThan(20)
  expect(error.partial.usage).toMatchObject({ input: 11 })
  await server.close()
})
