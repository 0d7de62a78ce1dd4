import { describe, expect, it } from 'vitest'
import type { Part } from '../contract/part.ts'
import type { TextModel } from '../contract/text.ts'
import { streamText } from '../generate/stream-text.ts'
import { type SmoothOptions, smooth } from './smooth.ts'

const finish: Part = { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'test', model: 'm' } }
const burst = (...texts: string[]): TextModel => ({
  provider: 'test',
  id: 'm',
  supports: { tools: true },
  async *stream() {
    for (const text of texts) yield { type: 'text', text }
    yield { type: 'tool-call', id: '1', name: 'x', input: '{}' }
    yield finish
  },
})

const pieces = async (model: TextModel, options: SmoothOptions) => {
  const out: string[] = []
  for await (const text of streamText({
    model: smooth(model, { delay: 0, ...options }),
    prompt: 'hi',
    tools: { x: { input: {} } },
  }).textStream)
    out.push(text)
  return out
}

describe('smooth', () => {
  it('hands over whole words, the rest before what is not text', async () => {
    expect(await pieces(burst('Hel', 'lo the', 're wor', 'ld'), {})).toEqual(['Hello ', 'there ', 'world'])
  })
  it('hands over whole lines', async () => {
    expect(await pieces(burst('a\nb', 'c\nd'), { by: 'line' })).toEqual(['a\n', 'bc\n', 'd'])
  })
  it('takes a pattern, such as single letters for Chinese', async () => {
    expect(await pieces(burst('你好'), { by: /./u })).toEqual(['你', '好'])
  })
  it('a pattern that matches nothing loses nothing', async () => {
    expect((await pieces(burst('ab', 'c'), { by: /(?:)/ })).join('')).toBe('abc')
  })
})
