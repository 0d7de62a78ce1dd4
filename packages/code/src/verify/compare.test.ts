import { expect, test } from 'vitest'
import { sameJson, sameText } from './compare.ts'
import { commonFunction } from './entry-point.ts'

test.each([
  [0.1 + 0.2, 0.3, true],
  [1e12, 1e12 + 1, true],
  [1, 2, false],
  [[1, [2]], [1, [2]], true],
  [[1], [1, 2], false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { b: 1 }, false],
  [{}, [], false],
  [null, 0, false],
  ['1', 1, false],
  [{ a: 1 }, { a: 1, b: 1 }, false],
])('%j and %j are the same: %s', (a, b, same) => {
  expect(sameJson(a, b)).toBe(same)
  expect(sameJson(b, a)).toBe(same)
})

test('output is the same whatever white space ends its lines', () => {
  expect(sameText('a \nb\r\n\n', 'a\nb')).toBe(true)
  expect(sameText(' a', 'a\n')).toBe(true)
  expect(sameText('a b', 'a  b')).toBe(false)
})

test('values that nest without end are told apart without taking the stack', () => {
  const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
  expect(sameJson(deep, deep)).toBe(false)
})

test.each([
  ['javascript', ['const help = (a) => a\nexport function sum(a, b) {}', 'function sum(a) {}', 'let x = 1'], '', 'sum'],
  [
    'python',
    ['def a(x):\n    pass\ndef b(x):\n    pass', 'def a(y):\n    pass\ndef b(y):\n    pass'],
    'Write a(x).',
    'a',
  ],
  ['python', ['def a(x):\n    pass\ndef b(x):\n    pass', 'def a(y):\n    pass\ndef b(y):\n    pass'], '', 'b'],
  ['typescript', ['export const go = async (a: number): Promise<number> => a'], '', 'go'],
  ['python', ['print(1)', 'def f():\n    pass'], '', undefined],
])('in %s, the function that programs have in common is found', (language, programs, task, name) => {
  expect(commonFunction(programs, language, task)?.name).toBe(name)
})
