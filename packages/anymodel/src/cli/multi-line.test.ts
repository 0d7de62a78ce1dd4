import { expect, test } from 'vitest'
import { messageLines } from './multi-line.ts'

test.each([
  ['a line is a message', ['hello'], ['hello']],
  ['a backslash goes on', ['one\\', 'two\\', 'three', 'next'], ['one\ntwo\nthree', 'next']],
  ['a block keeps its lines as they are', ['"""', 'a\\', '', '  b', '"""', 'next'], ['a\\\n\n  b', 'next']],
  ['a block may begin and end beside the fences', ['"""a', 'b"""'], ['a\nb']],
  ['a block on one line', ['"""a"""'], ['a']],
  ['fences inside a line are text', ['say """ twice'], ['say """ twice']],
  ['an empty block', ['"""', '"""'], ['']],
])('%s', (_what, lines, expected) => {
  const message = messageLines()
  expect(lines.flatMap((line) => message.add(line) ?? [])).toEqual(expected)
  expect(message.open).toBe(false)
})

test('what is left open is given at the end, or forgotten', () => {
  const message = messageLines()
  message.add('"""')
  expect(message.open).toBe(true)
  message.add('a')
  expect(message.rest()).toBe('a')
  message.add('b\\')
  message.clear()
  expect(message.rest()).toBeUndefined()
})
