import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Trimmer, type TrimSettings } from './trim.ts'

/** What is left of a completion that comes in fragments of a size, and why it was cut. */
function trimmed(text: string, more: Partial<TrimSettings>, size = 1): { shown: string; cut: string | undefined } {
  const trimmer = new Trimmer({ prefix: '', suffix: '', stop: [], oneLine: false, ...more })
  let shown = ''
  for (let at = 0; at < text.length && !trimmer.cut; at += size) shown += trimmer.push(text.slice(at, at + size))
  if (!trimmer.cut) shown += trimmer.end()
  return { shown, cut: trimmer.cut }
}

const cases: readonly [string, string, Partial<TrimSettings>, string, string?][] = [
  ['nothing is wrong with it', 'a + b;\n', { prefix: 'return ', suffix: '}' }, 'a + b;\n'],
  ['it repeats the line of the cursor', '  return a + b', { prefix: 'f() {\n  return a', suffix: '\n}' }, ' + b'],
  [
    'it repeats all of the prefix',
    'f() {\n  return a\n}',
    { prefix: 'f() {\n  return ', suffix: '\n}', echoes: true },
    'a',
    'brackets',
  ],
  ['it repeats the indentation', '    return 1', { prefix: 'x:\n    ', echoes: true }, 'return 1'],
  ['it begins on a line of its own', '\n  a\n', { prefix: 'x {\n  ', suffix: '\n}', echoes: true }, 'a'],
  ['it is indented deeper', '      return 1', { prefix: 'x:\n    ', echoes: true }, '      return 1'],
  ['a stop text comes', 'a<END>b', { stop: ['<END>'] }, 'a', 'stop'],
  ['it goes on after its line', 'a\nb', { oneLine: true }, 'a', 'line'],
  ['it closes what the suffix closes', 'a)\n}\nfoo', { prefix: 'f(x) {\n g(', suffix: ')\n}\n' }, 'a', 'brackets'],
  ['it closes what only it can close', 'a)', { prefix: 'f(g(', suffix: ')' }, 'a)'],
  ['its brackets stand in texts and comments', '")" /* } */ // ]\n', { prefix: 'x = ' }, '")" /* } */ // ]\n'],
  ['the text around does not add up', 'a, b)', { prefix: 'call', suffix: ')' }, 'a, b'],
  ['its brackets are opened again', 'a)\ng(b', { prefix: 'f(', suffix: ', c)\n' }, 'a)\ng(b'],
  ['a quote at its end opens a text', 'return "', { suffix: '".join(a)' }, 'return "'],
  ['a quote at its end is there already', 'world"', { prefix: 'a = "hello ', suffix: '"\n' }, 'world'],
  ['its end is half of an operator', 'n*', { suffix: '*2' }, 'n*'],
  [
    'the next line of the suffix comes again, and is not what the suffix goes on with',
    'foo(a)\nbar()\n',
    { prefix: '\n', suffix: 'foo(a)\nbaz()\n' },
    'foo(a)\nbar()\n',
  ],
  ['a bracket at its end is its own', 'foo(a)', { prefix: 'call', suffix: ')' }, 'foo(a)'],
  [
    'the next line of the suffix comes again',
    'const a = 1\nreturn a + b\nmore',
    { prefix: 'x\n', suffix: '\nreturn a + b\n' },
    'const a = 1',
    'suffix',
  ],
  ['only its end is the beginning of the suffix', 'a\nreturn', { prefix: 'x\n', suffix: 'return a' }, 'a\n'],
  ['its end is the end of a word', 'return fa', { suffix: 'a + b' }, 'return fa'],
  ['a word goes on in the suffix', 'return a', { suffix: 'abc' }, 'return a'],
  [
    'a bracket comes again on a line of its own',
    'if (a) {\n b\n}\n',
    { suffix: '}\n', prefix: 'f {\n' },
    'if (a) {\n b\n}\n',
  ],
  [
    'the next line comes again with a blank behind it, and a stop text behind that',
    '\nreturn END',
    { suffix: '\nreturn', stop: ['END'] },
    '',
    'suffix',
  ],
]

test.each(cases)('a completion is right when %s', (_, text, settings, shown, cut) => {
  for (const size of [1, 2, 5, 1000]) expect(trimmed(text, settings, size)).toEqual({ shown, cut })
})

test('what is shown does not depend on how the completion was cut into fragments', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '(',
    ')',
    '{',
    '}',
    '\n',
    ' ',
    'foo()',
    'return x',
    '"',
    "'",
    '//',
    'END',
    'E',
    'EN',
    ' E',
    '\nret',
    'aE',
  )
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(
      text,
      text,
      text,
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      (prefix, suffix, answer, oneLine, size) => {
        const settings = { prefix, suffix, oneLine, stop: ['END'] }
        const whole = trimmed(answer, settings, 1_000)
        expect(trimmed(answer, settings, size)).toEqual(whole)
        expect(answer.includes(whole.shown)).toBe(true)
      },
    ),
    { numRuns: 1_500 },
  )
})
