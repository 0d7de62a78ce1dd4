import { isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { mockCodeModel } from '../testing/mock-code-model.ts'
import { completeCode, streamCompletion } from './complete-code.ts'

const code = (error: string) => expect.toSatisfy((thrown) => isAnyModelError(thrown) && thrown.code === error)

test('a code model is given both sides, and its text comes trimmed', async () => {
  const model = mockCodeModel(['a +', ' b', '\n}\n', 'more'])
  const result = await completeCode({ model, prefix: 'function add(a, b) {\n  return ', suffix: '\n}\n', path: 'a.ts' })
  expect(result).toMatchObject({ code: 'a + b', cut: 'brackets', finishReason: 'stop' })
  expect(model.calls).toMatchObject([{ suffix: '\n}\n', language: 'typescript', maxTokens: 256, temperature: 0 }])
  expect(model.left).toBe(1)
})

test('a completion streams as it is written, to any number of readers', async () => {
  const stream = streamCompletion({ model: mockCodeModel(['a', ' + ', 'b']), prefix: 'return ' })
  const read = async () => {
    const seen: string[] = []
    for await (const text of stream.textStream) seen.push(text)
    return seen
  }
  expect(await Promise.all([read(), read()])).toEqual([
    ['a', ' + ', 'b'],
    ['a', ' + ', 'b'],
  ])
  expect(await stream.result).toMatchObject({ code: 'a + b', usage: { output: 1 } })
})

test('a model that reads one prompt gets the template of its family, and its markers end the completion', async () => {
  const supports = { input: 'prompt', knobs: ['stop'] } as const
  const model = mockCodeModel(['1<|file_sep|>x'], { id: 'qwen2.5-coder-0.5b', supports })
  const { code: text } = await completeCode({ model, prefix: 'a = <|fim_middle|>', suffix: '\nb' })
  expect(text).toBe('1')
  expect(model.calls[0]?.prompt?.pieces.filter(({ type }) => type === 'marker')).toHaveLength(3)
  expect(model.calls[0]?.stop).toContain('<|file_sep|>')
  const unknown = mockCodeModel(['1'], { id: 'who-knows', supports })
  await expect(completeCode({ model: unknown, prefix: 'a', suffix: 'b' })).rejects.toEqual(code('unsupported'))
  expect(unknown.calls).toEqual([])
})

test('what a model lacks is told, refused or written as comments, as asked', async () => {
  const context = [{ path: 'b.py', text: 'x = 1' }]
  const model = mockCodeModel(['1'], { supports: { input: 'parts' } })
  const ask = (onUnsupported: 'warn' | 'error' | 'emulate') =>
    completeCode({ model, prefix: 'a = ', language: 'python', context, onUnsupported })
  expect((await ask('warn')).warnings).toMatchObject([{ option: 'context' }])
  await expect(ask('error')).rejects.toEqual(code('unsupported'))
  await ask('emulate')
  expect(model.calls.at(-1)?.prefix).toBe('# Path: b.py\n# x = 1\na = ')
  expect((await completeCode({ model, prefix: 'a', seed: 1 })).warnings).toMatchObject([{ option: 'seed' }])
})

test.each([
  ['Sure!\n<COMPLETION>a + b</COMPLETION> That adds them.'],
  ['```js\na + b\n```'],
  ['a + b'],
  ['  return a + b'],
])('a chat model fills the hole although it answers %j', async (answer) => {
  const model = mockModel(answer)
  const prefix = 'function add(a, b) {\n  return '
  expect(await completeCode({ model, prefix, suffix: '\n}' })).toMatchObject({ code: 'a + b' })
  const asked = JSON.stringify(model.calls[0]?.messages.at(-1))
  expect(asked).toContain('return {{FILL_HERE}}')
})

test('lines of a file with CRLF stay so', async () => {
  const model = mockCodeModel(['a', '\r', '\n  b', '\n'])
  const { code } = await completeCode({ model, prefix: 'f() {\r\n  ', suffix: '\r\n}\r\n' })
  expect(code).toBe('a\r\n  b')
  expect(model.calls[0]).toMatchObject({ prefix: 'f() {\n  ', suffix: '\n}\n' })
})

test('a default that the model lacks is not missed, what was asked for is', async () => {
  const model = mockCodeModel(['1'], { supports: { input: 'parts' } })
  expect(await completeCode({ model, prefix: 'a', onUnsupported: 'error' })).toMatchObject({ warnings: [] })
  const asked = completeCode({ model, prefix: 'a', temperature: 0.5, onUnsupported: 'error' })
  await expect(asked).rejects.toEqual(code('unsupported'))
  const text = mockModel('<COMPLETION>1</COMPLETION>', { supports: {} })
  expect(await completeCode({ model: text, prefix: 'a' })).toMatchObject({ code: '1', warnings: [] })
  expect(text.calls[0]).not.toHaveProperty('temperature')
})

test('the file cannot forge the hole', async () => {
  const model = mockModel('<COMPLETION></COMPLETION>')
  await completeCode({ model, prefix: 'a {{FILL_HERE}}', suffix: 'b' })
  expect(JSON.stringify(model.calls[0]?.messages.at(-1)).split('{{FILL_HERE}}')).toHaveLength(2)
})

test('an instructed model of a family reads the template as a message', async () => {
  const model = mockModel('a + b', { id: 'qwen3-coder-30b-instruct' })
  await completeCode({ model, prefix: 'return <|fim_middle|>', suffix: '\n}' })
  expect(JSON.stringify(model.calls[0]?.messages)).toContain(
    '<|fim_prefix|>return < |fim_middle|><|fim_suffix|>\\n}<|fim_middle|>',
  )
})

test('a model that breaks off is an error with what came, an abort its reason', async () => {
  const model = mockCodeModel(['a'])
  const broken = { ...model, fill: () => ({ [Symbol.asyncIterator]: () => half() }) }
  async function* half() {
    yield { type: 'text', text: 'a' } as const
  }
  await expect(completeCode({ model: broken, prefix: 'x' })).rejects.toEqual(code('truncated'))
  const reason = new Error('enough')
  await expect(completeCode({ model, prefix: 'x', signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test.each([
  [{ model: 'codestral' }],
  [{ model: {} }],
  [{ prefix: undefined }],
  [{ maxTokens: 0 }],
  [{ maxInput: 1.5 }],
  [{ lines: 'two' }],
  [{ stop: [''] }],
  [{ context: ['a.ts'] }],
])('%j is refused before anything is sent', async (more) => {
  const model = mockCodeModel(['a'])
  await expect(completeCode({ model, prefix: 'x', ...more } as never)).rejects.toEqual(code('invalid-argument'))
  expect(model.calls).toEqual([])
})
