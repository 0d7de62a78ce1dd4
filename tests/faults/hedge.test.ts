import { streamText, withHedge } from '@anymodel/core'
import { faultServer, healthyAnswer } from '@anymodel/testing'
import { expect, it } from 'vitest'
import { speakers } from './speakers.ts'

it.each(Object.entries(speakers))(
  '%s: the request that lost is closed while the answer still comes',
  async (_, speak) => {
    const server = await faultServer({ stall: 20_000 })
    const model = withHedge(speak(server.url, 'slow-start'), {
      to: speak(server.url, 'healthy'),
      after: 50,
      maxExtra: 1,
    })
    const { text, attempts } = await streamText({ model, prompt: 'x' }).result
    expect(text).toBe(healthyAnswer)
    expect(attempts.map(({ model, outcome }) => [model, outcome])).toEqual([
      ['slow-start', 'aborted'],
      ['healthy', 'ok'],
    ])
    expect(await server.log('slow-start')[0]?.request.outcome).toBe('dropped')
    expect(server.log()).toHaveLength(2)
    await server.close()
  },
)
