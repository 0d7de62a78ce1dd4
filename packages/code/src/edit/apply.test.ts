import { describe, expect, test } from 'vitest'
import { applyEdit } from './apply.ts'
import type { Edit } from './edit.ts'

type Given<K extends Edit['kind']> = Omit<Extract<Edit, { kind: K }>, 'path' | 'source' | 'kind'>

const apply = <K extends Edit['kind']>(kind: K, edit: Given<K>, text: string | undefined) =>
  applyEdit({ kind, path: 'a', source: 's', ...edit } as unknown as Edit, text)

const replace = (search: string, put: string, text: string | undefined) =>
  apply('replace', { search: search.split('\n'), replace: put.split('\n') }, text)

describe('lines to find', () => {
  test.each([
    ['as they are', 'b', 'B', 'a\nb\nc\n', 'a\nB\nc\n', 0],
    ['indented less', 'if x:\n  y', 'if z:\n  y', '    if x:\n      y\n', '    if z:\n      y\n', 100],
    ['indented more', '      x()', '      y()', '  x()\n', '  y()\n', 100],
    ['indented with tabs', 'x()\ny()', 'z()', '\t\tx()\n\t\ty()\n', '\t\tz()\n', 100],
    ['behind a blank line too many', '\nb', '\nB', 'a\nb\n', 'a\nB\n', 0],
    ['around what is left out', 'f() {\n...\n}', 'g() {\n...\n}', 'f() {\n  1\n  2\n}\n', 'g() {\n  1\n  2\n}\n', 0],
    ['at an end without a line break', 'c', 'C\nD', 'a\nc', 'a\nC\nD', 0],
    ['in a file with CRLF', 'b', 'B\nB2', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nB2\r\nc\r\n', 0],
    ['that become blank', 'a', '', 'a\nb\n', '\nb\n', 0],
  ])('are found %s', (_, search, put, text, after, fuzz) => {
    expect(replace(search, put, text)).toEqual({ ok: true, text: after, fuzz })
  })

  test('keep line ends of a file that mixes them', () => {
    expect(replace('a\nb\nc', 'a\nB\nc', 'a\r\nb\nc\rd')).toMatchObject({ text: 'a\r\nB\r\nc\rd' })
  })

  test('make a file or append to one when they are empty', () => {
    expect(replace('', 'x', undefined)).toMatchObject({ text: 'x\n' })
    expect(replace('', 'x', 'a\n')).toMatchObject({ text: 'a\nx\n' })
    expect(replace('', 'x', 'a')).toMatchObject({ text: 'a\nx' })
  })

  test.each([
    ['there twice', 'b', 'a\nb\nb\n', /more than once/],
    ['there twice at another depth', 'b', '  b\n    b\n', /more than once/],
    ['not there', 'x\ny', 'a\nb\n', /not in the file/],
    ['unevenly indented', 'a\nb', '  a\n   b\n', /not in the file/],
    ['of a file that is not there', 'a', undefined, /no file/],
    ['in the wrong order around what is left out', 'b\n...\na', 'a\nb\n', /not in the file/],
  ])('are a failure when they are %s', (_, search, text, message) => {
    expect(replace(search, search.toUpperCase(), text)).toEqual({ ok: false, message: expect.stringMatching(message) })
  })

  test('that are nearly there are answered with what is there', () => {
    const text = 'function add(a, b) {\n  return a + b\n}\n'
    const outcome = replace('function add(a, c) {\n  return a + c', 'x', text)
    expect(outcome).toMatchObject({ message: expect.stringContaining('  return a + b') })
    expect(replace('gone', 'function add(a, b) {', text)).toMatchObject({
      message: expect.stringContaining('in the file already'),
    })
  })
})

const lines = (hunk: string) =>
  hunk.split('\n').map((line) => ({ op: line.charAt(0) as ' ' | '-' | '+', text: line.slice(1) }))

describe('a hunk', () => {
  test.each([
    ['fits', ' a\n-b\n+B\n c', 'a\nb\nc\n', 'a\nB\nc\n'],
    [
      'has a wrong line around it',
      ' wrong\n-function one()\n+function two()\n c',
      'a\nfunction one()\nc\n',
      'a\nfunction two()\nc\n',
    ],
    [
      'is two places in one',
      ' a\n-first line\n+FIRST\n missing\n-second line\n+SECOND',
      'a\nfirst line\nb\nsecond line\n',
      'a\nFIRST\nb\nSECOND\n',
    ],
    ['fills an empty file', '+a', '', 'a\n'],
  ])('that %s is applied', (_, hunk, text, after) => {
    expect(apply('hunk', { lines: lines(hunk) }, text)).toMatchObject({ ok: true, text: after })
  })

  test.each([
    ['is there twice', '-a\n+b', 'a\na\n'],
    ['says too little with its lines around gone', ' wrong\n-}\n+]', 'x\n}\n'],
    ['only adds, nowhere', '+a', 'b\n'],
  ])('that %s is a failure', (_, hunk, text) => {
    expect(apply('hunk', { lines: lines(hunk) }, text)).toMatchObject({ ok: false })
  })
})

describe('a patch', () => {
  const patch = (text: string, ...chunks: (readonly [string, (readonly string[])?, boolean?])[]) =>
    apply(
      'patch',
      { chunks: chunks.map(([hunk, scope = [], atEnd = false]) => ({ lines: lines(hunk), scope, atEnd })) },
      text,
    )

  test('says what it overlooked', () => {
    expect(patch('a\nb\n', ['-a\n+A'])).toMatchObject({ text: 'A\nb\n', fuzz: 0 })
    expect(patch('a  \nb\n', [' a\n-b\n+B'])).toMatchObject({ text: 'a  \nB\n', fuzz: 1 })
    expect(patch('  a\n  b\n', [' a\n-b\n+  B'])).toMatchObject({ text: '  a\n  B\n', fuzz: 100 })
    expect(patch('a\nb\n', ['-a\n+A', [], true])).toMatchObject({ text: 'A\nb\n', fuzz: 10_000 })
  })

  test('finds its place by scope, order and the end of the file', () => {
    const text = 'f\nx\ng\nx\n'
    expect(patch(text, ['-x\n+y', ['g']])).toMatchObject({ text: 'f\nx\ng\ny\n' })
    expect(patch(text, ['-x\n+y', [], true])).toMatchObject({ text: 'f\nx\ng\ny\n' })
    expect(patch(text, [' g\n-x\n+y']), 'in order').toMatchObject({ text: 'f\nx\ng\ny\n' })
    expect(patch(text, ['+y', ['f']])).toMatchObject({ text: 'f\ny\nx\ng\nx\n' })
    expect(patch(text, ['-x\n+y'])).toMatchObject({ ok: false })
    expect(patch(text, ['-g\n+G'], ['-f\n+F'])).toMatchObject({ ok: false })
    expect(patch(text, ['-x\n+y', ['h']])).toMatchObject({ ok: false })
  })
})

describe('a whole file', () => {
  test('keeps line ends and the end of the file', () => {
    expect(apply('whole', { lines: ['a', 'B'] }, 'a\r\nb\r\n')).toMatchObject({ text: 'a\r\nB\r\n' })
    expect(apply('whole', { lines: ['a', 'B'] }, 'a\nb')).toMatchObject({ text: 'a\nB' })
    expect(apply('whole', { lines: ['a'] }, undefined)).toMatchObject({ text: 'a\n' })
  })

  test.each(['// ... rest of the code', '# ... existing code ...', '/* ... */', '// rest of file unchanged'])(
    'with %j in place of its lines is a failure',
    (line) => {
      expect(apply('whole', { lines: ['a', line] }, 'a\nb\n')).toMatchObject({ ok: false })
      expect(apply('whole', { lines: ['a', line] }, `b\n${line}\n`)).toMatchObject({ ok: true })
    },
  )
})

test('a text is replaced when it is there once, with the line ends of the file', () => {
  expect(apply('text', { search: 'a\nb', replace: 'A\nB' }, 'a\r\nb\r\n')).toMatchObject({ text: 'A\r\nB\r\n' })
  expect(apply('text', { search: 'a', replace: '$&' }, 'abc')).toMatchObject({ text: '$&bc' })
  expect(apply('text', { search: 'a', replace: 'b' }, 'a a')).toMatchObject({ ok: false })
  expect(apply('text', { search: 'x', replace: 'b' }, 'a')).toMatchObject({ ok: false })
})

test('a file is not made where there is one, nor deleted where there is none', () => {
  expect(apply('create', { lines: ['a'] }, 'b')).toMatchObject({ ok: false })
  expect(apply('create', { lines: ['a'] }, undefined)).toMatchObject({ text: 'a\n' })
  expect(apply('delete', {}, undefined)).toMatchObject({ ok: false })
  expect(apply('delete', {}, 'a')).toMatchObject({ ok: true, text: undefined })
})

test('a hunk and lines of any length, found nowhere, are a failure in good time', () => {
  const many = (count: number, text: string) => Array.from({ length: count }, (_, index) => `${text} ${index}`)
  const text = `${many(5_000, 'line').join('\n')}\n`
  const kept = many(2_000, 'line').map((line) => ({ op: ' ' as const, text: `${line}!` }))
  const hunk = [...kept, { op: '-' as const, text: 'a line that is not there' }, ...kept]
  expect(apply('hunk', { lines: hunk }, text)).toMatchObject({ ok: false })
  expect(replace('x', 'y', `${'word '.repeat(500_000)}\n`.repeat(3))).toMatchObject({ ok: false })
  expect(replace(many(500, 'other').join('\n'), 'y', text)).toMatchObject({ ok: false })
})
