import { expect, test, vi } from 'vitest'
import { codeSplitter } from './code.ts'

vi.mock('@vscode/tree-sitter-wasm', () => {
  throw new Error('Cannot find package')
})

const document = {
  id: 'a.py',
  text: 'def f():\n    return 1\n\n\ndef g():\n    return 2\n',
  metadata: { programmingLanguage: 'python' },
}

test('without the parsers, code is cut by its indentation, and who insists on them is told what to install', async () => {
  const chunks = await codeSplitter({ size: 25 })(document)
  expect(chunks.map(({ text, headings }) => [text, headings])).toEqual([
    ['def f():\n    return 1', []],
    ['def g():\n    return 2', []],
  ])
  await expect(codeSplitter({ by: 'grammar' })(document)).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('npm install @vscode/tree-sitter-wasm'),
  })
})
