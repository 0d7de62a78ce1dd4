import { isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { type CodeEvent, generateCode, streamCode } from './generate-code.ts'

const instruction = 'Write it.'
const ask = (answer: Parameters<typeof mockModel>[0], more: object = {}) =>
  generateCode({ model: mockModel(answer), instruction, ...more })

test.each([
  ['on the line before', 'src/a.ts\n```ts\na\n```'],
  ['behind the language', '```ts src/a.ts\na\n```'],
  ['behind the language with a colon', '```ts:src/a.ts\na\n```'],
  ['as a title', '```ts title="src/a.ts"\na\n```'],
  ['in a heading', '### `src/a.ts`\n```ts\na\n```'],
])('a block is a file when its path stands %s', async (_, answer) => {
  expect((await ask(answer)).files).toEqual([{ path: 'src/a.ts', text: 'a\n' }])
})

test('a path may stand in a comment that the code begins with', async () => {
  expect((await ask('```py\n# tools/a.py\nx = 1\n```')).files).toEqual([
    { path: 'tools/a.py', text: '# tools/a.py\nx = 1\n' },
  ])
})

test('the code is the longest block in the language that was asked for', async () => {
  const answer = 'Install:\n```sh\nnpm install something-with-a-long-name\n```\n```js\na\n```\n```js\nlonger\n```'
  const { code, blocks, files } = await ask(answer, { language: 'javascript' })
  expect([code, blocks.length, files]).toEqual(['longer\n', 3, []])
})

test('an answer without a fence is code, one that broke off is not whole', async () => {
  expect(await ask('x = 1')).toMatchObject({ code: 'x = 1', blocks: [{ whole: true }] })
  const cut = [
    { type: 'text', text: '```js\nlet a' },
    { type: 'finish', reason: 'length' },
  ] as const
  expect(await ask(cut)).toMatchObject({ code: 'let a\n', finishReason: 'length', blocks: [{ whole: false }] })
})

test('blocks are told while they are written', async () => {
  const parts = ['a.ts\n``', '`ts\nl1\nl', '2\n```\n'].map((text) => ({ type: 'text', text }) as const)
  const stream = streamCode({ model: mockModel(parts), instruction })
  const events: CodeEvent[] = []
  for await (const event of stream) events.push(event)
  expect(events).toMatchObject([
    { type: 'block-start', index: 0, path: 'a.ts', language: 'ts' },
    { type: 'block-delta', text: 'l1\n' },
    { type: 'block-delta', text: 'l2\n' },
    { type: 'block-end', block: { path: 'a.ts', code: 'l1\nl2\n', whole: true } },
    { type: 'finish' },
  ])
  expect((await stream.result).code).toBe('l1\nl2\n')
})

test('the model is told the language and the files, fenced so that they end where they end', async () => {
  const model = mockModel('```\nx\n```')
  await generateCode({ model, instruction, language: 'Rust', context: [{ path: 'a.md', text: '````\nx\n````' }] })
  const asked = JSON.stringify(model.calls[0]?.messages)
  expect(asked).toContain('Rust')
  expect(asked).toContain('a.md\\n`````\\n````\\nx\\n````\\n`````')
  const wrong = generateCode({ model, instruction: '' })
  await expect(wrong).rejects.toSatisfy((error) => isAnyModelError(error) && error.code === 'invalid-argument')
})
