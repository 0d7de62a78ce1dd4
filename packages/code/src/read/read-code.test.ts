import { isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { explainCode } from './explain-code.ts'
import { reviewCode } from './review-code.ts'

const json = (value: unknown) => JSON.stringify(value)
const invalid = expect.toSatisfy((error) => isAnyModelError(error) && error.code === 'invalid-argument')

test('an explanation speaks of lines that are there, in their order; others are asked for again', async () => {
  const wrong = { summary: 'Adds.', parts: [{ from: 1, to: 9, text: 'all' }] }
  const right = {
    summary: 'Adds.',
    parts: [
      { from: 2, to: 2, text: 'returns' },
      { from: 2, to: 1, text: 'all' },
    ],
  }
  const model = mockModel([json(wrong), json(right)])
  const result = await explainCode({ model, code: 'a\nb\n', path: 'a.ts', question: 'Why?' })
  expect(result).toMatchObject({ summary: 'Adds.', reasks: 1 })
  expect(result.parts).toEqual([
    { from: 1, to: 2, text: 'all' },
    { from: 2, to: 2, text: 'returns' },
  ])
  const asked = json(model.calls[0]?.messages)
  for (const said of ['a.ts', '1\\\\ta\\\\n2\\\\tb', 'Why?']) expect(json(asked)).toContain(said)
})

test('a review gives the worst first, with files and lines that are there', async () => {
  const finding = (path: string, line: number, severity: string) => ({
    path,
    line,
    severity,
    title: 't',
    detail: 'd',
    fix: 'f',
  })
  const unknown = { summary: 's', findings: [finding('c.ts', 1, 'note')] }
  const known = {
    summary: 's',
    findings: [
      finding('a.ts', 1, 'note'),
      finding('b.ts', 3, 'error'),
      finding('a.ts', 3, 'warning'),
      finding('a.ts', 0, 'note'),
    ],
  }
  const files = [
    { path: 'a.ts', text: 'one\n' },
    { path: 'b.ts', text: '1\n2\n3\n' },
  ]
  const { findings, reasks } = await reviewCode({ model: mockModel([json(unknown), json(known)]), files })
  expect(reasks).toBe(1)
  expect(findings.map(({ path, line, severity }) => [path, line, severity])).toEqual([
    ['b.ts', 3, 'error'],
    ['a.ts', undefined, 'warning'],
    ['a.ts', 1, 'note'],
    ['a.ts', undefined, 'note'],
  ])
})

test('nothing to read is refused before anything is sent', async () => {
  const model = mockModel('x')
  await expect(explainCode({ model, code: ' ' })).rejects.toEqual(invalid)
  await expect(reviewCode({ model, files: [] })).rejects.toEqual(invalid)
  expect(model.calls).toEqual([])
})
