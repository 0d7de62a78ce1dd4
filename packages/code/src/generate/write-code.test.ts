import { isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { translateCode } from './translate-code.ts'
import { writeTests } from './write-tests.ts'

test('a translation is the code in the other language', async () => {
  const model = mockModel('```python\ndef add(a, b):\n    return a + b\n```\nNumbers are unbounded.')
  const { code, text } = await translateCode({
    model,
    code: 'const add = (a, b) => a + b',
    from: 'javascript',
    to: 'python',
  })
  expect(code).toBe('def add(a, b):\n    return a + b\n')
  expect(text).toContain('unbounded')
  expect(JSON.stringify(model.calls[0]?.messages)).toContain('const add = (a, b)')
})

const files = [{ path: 'add.js', text: 'export const add = (a, b) => a + b\n' }]

test('tests come as files; the code under test, sent again, is not among them', async () => {
  const answer = 'add.js\n```js\nchanged\n```\nadd.test.js\n```js\ntest()\n```'
  const result = await writeTests({ model: mockModel(answer), files, framework: 'vitest' })
  expect(result.files).toEqual([{ path: 'add.test.js', text: 'test()\n' }])
})

test('an answer without a test file is an error, not an empty result', async () => {
  await expect(writeTests({ model: mockModel('Looks fine.'), files, framework: 'vitest' })).rejects.toSatisfy(
    (error) => isAnyModelError(error) && error.code === 'invalid-output',
  )
})
