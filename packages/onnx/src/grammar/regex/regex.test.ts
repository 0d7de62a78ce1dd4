import { isAnyModelError } from '@anymodel/core'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { run } from '../automaton/dfa.ts'
import { stringDfa, textDfa } from './compile.ts'

const matches = (pattern: string, text: string): boolean => {
  const dfa = textDfa(pattern)
  const state = dfa ? run(dfa, Buffer.from(text)) : -1
  return state >= 0 && dfa?.accepts[state] === 1
}

const finds = (pattern: string, text: string): boolean => {
  const dfa = stringDfa(pattern)
  const state = dfa ? run(dfa, Buffer.from(JSON.stringify(text).slice(1))) : -1
  return state >= 0 && dfa?.accepts[state] === 1
}

/** Characters at which classes, escapes and encodings change: controls, quotes, every length of UTF-8, line ends, spaces. */
const character = fc.constantFrom(
  ...'abzAZ019_-"\\/\n\r\t\u0001\u007f\u00e9\u0130\u07ff\u0800\u2028\u3000\ufeff\uffff\u{10000}\u{1f4ce}\u{10ffff} ',
)
const text = fc.string({ unit: character, maxLength: 6 })

const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'é',
    '📎',
    '.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\n',
    '\\t',
    '\\x61',
    '\\u0062',
    '\\u{1f4ce}',
  ],
  ...[
    '\\ud83d\\udcce',
    '[a-z]',
    '[^a-z]',
    '[\\w-]',
    '[^\\s"]',
    '[\\u00e9-\\u{10000}]',
    '\\.',
    '\\/',
    '\\\\',
    '"',
    '\\p{Lu}',
    '[\\b]',
    '[]',
    '[^]',
  ],
)
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,}', '{0,2}', '{1,2}?')
const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('piece'), { maxLength: 3 }).map((pieces) => pieces.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}|${b}`),
  ),
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, quantifier).map(([a, q]) => a + q),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'), quantifier)
      .map(([open, inner, q]) => `${open}${inner})${q}`),
    fc.constantFrom('^', '$'),
  ),
}))

/** Names of groups must not come twice. */
const valid = pattern.filter((source) => {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
})

describe('a pattern', () => {
  it('matches from end to end what JavaScript matches so', () => {
    fc.assert(
      fc.property(valid, fc.array(text, { maxLength: 8 }), (source, texts) => {
        const reference = new RegExp(`^(?:${source})$`, 'u')
        for (const one of ['', ...texts])
          expect(matches(source, one), `/${source}/ ${JSON.stringify(one)}`).toBe(reference.test(one))
      }),
      { numRuns: 120, seed: 7 },
    )
  })

  it('is found in a JSON string where JavaScript finds it', () => {
    fc.assert(
      fc.property(valid, fc.array(text, { maxLength: 8 }), (source, texts) => {
        const reference = new RegExp(source, 'u')
        for (const one of ['', ...texts])
          expect(finds(source, one), `/${source}/ ${JSON.stringify(one)}`).toBe(reference.test(one))
      }),
      { numRuns: 120, seed: 8 },
    )
  })

  it('that is only valid without flag u matches no character above U+FFFF', () => {
    expect(matches('[\\_.]+\\-', '_._-')).toBe(true)
    expect(matches('[^\\_]', '📎')).toBe(false)
    expect(matches('[^\\_]', 'é')).toBe(true)
    expect(finds('^\\-.', '-a')).toBe(true)
  })

  it('allows nothing where it contradicts itself', () => {
    expect(textDfa('a^')).toBeUndefined()
    expect(textDfa('$a')).toBeUndefined()
    expect(textDfa('[]')).toBeUndefined()
    expect(textDfa('\\ud800')).toBeUndefined()
    expect(stringDfa('a^b')).toBeUndefined()
  })

  it('may look ahead where its text starts', () => {
    const sources = ['^(?!a)[ab]*$', '^(?=.*b)(?!.*bb)[ab]+', '^(?!a$)', '^(?=a|b$)(?!ab).?', '^(?![^])', '^(?=^a)']
    for (const source of sources)
      for (const one of ['', 'a', 'b', 'ab', 'ba', 'bb', 'abb', 'bab', 'é']) {
        expect(finds(source, one), `/${source}/ ${one}`).toBe(new RegExp(source, 'u').test(one))
        expect(matches(source, one), `/${source}/ ${one}`).toBe(new RegExp(`^(?:${source})$`, 'u').test(one))
      }
    // As zod writes an e-mail address.
    const email =
      "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$"
    for (const one of ['a@b.de', 'a.b@c.de', '.a@b.de', 'a..b@c.de', 'a@b', 'a@b..de'])
      expect(finds(email, one), one).toBe(new RegExp(email, 'u').test(one))
  })

  it('keeps anchors inside of repetitions and alternatives', () => {
    for (const source of ['(^a|b)+', '(a$|b)+', '(^|,)a', 'a($|,)', '(?:^a)?b', '(^)*a', '(a|$)*'])
      for (const one of ['', 'a', 'b', 'ab', 'ba', 'bb', ',a', 'a,', 'aa', 'xa', 'b,a'])
        expect(finds(source, one), `/${source}/ ${one}`).toBe(new RegExp(source, 'u').test(one))
  })
})

describe('what no automaton can do is refused by name', () => {
  test.each([
    ['(?=a)b', 'lookahead'],
    ['a(?!b)', 'lookahead'],
    ['^(?!a)b|c', 'lookahead'],
    ['(^(?!a)b)', 'lookahead'],
    ['^(?!.*\\_)', 'lookahead'],
    ['(?<=a)b', 'lookbehind'],
    ['(?<!a)b', 'lookbehind'],
    ['(a)\\1', 'back reference'],
    ['(?<x>a)\\k<x>', 'back reference'],
    ['\\bword\\b', 'word boundary'],
    ['a\\B', 'word boundary'],
    ['\\07', 'octal'],
    [`${'('.repeat(150)}a${')'.repeat(150)}`, 'nests deeper'],
    ['a'.repeat(30_000), 'longer than'],
  ])('%s', (source, words) => {
    expect(() => textDfa(source)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(words) }),
    )
  })

  test.each(['(', '[', 'a{2,1}', '*', '(?<n>a)(?<n>b)', '\\u{110000}('])('%s is no pattern', (source) => {
    expect(() => textDfa(source)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe('a pattern that would take for ever', () => {
  test.each(['(a+)+$', '(a|aa)*b', '(.*)*x', '(x+x+)+y', '([a-zA-Z]+)*1', '(a?){30}a{30}'])(
    '%s is a small automaton',
    (source) => {
      const dfa = textDfa(source)
      expect(dfa?.accepts.length).toBeLessThan(2_000)
    },
  )

  test.each([
    '(a|b)*a(a|b){25}',
    'a{100000}',
    '(a{1000}){1000}',
    '(?:\\p{L}{50}|\\p{Lu}.{40}){100}',
    '((((.{9}){9}){9}){9}){9}',
  ])('%s is refused', (source) => {
    try {
      textDfa(source)
      expect.unreachable()
    } catch (error) {
      expect(isAnyModelError(error) && error.code).toBe('unsupported')
    }
  })
})
