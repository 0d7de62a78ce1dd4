import { beforeAll, describe, expect, it } from 'vitest'
import { limitOf, limits, providerNames, sizes } from './bench/size.mjs'

describe('the bundle of generateText and a provider', () => {
  let measured: Awaited<ReturnType<typeof sizes>>
  beforeAll(async () => {
    measured = await sizes(['@anymodel/source'])
  })

  for (const name of providerNames()) {
    const limit = limitOf(name)
    it(`${name}: at most ${limit / 1_024} KB are loaded to begin with`, () => {
      expect(measured.alone.get(name)?.start).toBeLessThanOrEqual(limit)
    })
  }

  it('a further provider adds less than 1 KB, where it has no protocol of its own', () => {
    const dear = [...measured.further].filter(([, bytes]) => bytes >= limits.provider).map(([name]) => name)
    const own = [
      'anthropic',
      'azure',
      'comfyui',
      'deepgram',
      'elevenlabs',
      'fal',
      'google',
      'ideogram',
      'mistral',
      'ollama',
      'openai',
      'recraft',
      'replicate',
      'stability',
      'webui',
      'xai',
    ]
    expect(dear.filter((name) => !own.includes(name))).toEqual([])
  })
})
