import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type QuoteVerdict, quoteChecker } from './check-quote.ts'
import { normalise } from './normalise.ts'

const lake =
  'The lake froze over in January 1963. It is not true that the ferry sank in the storm. About 1,500 people crossed on foot; the ice was 15.5 cm thick, at -12 degrees. Nobody was hurt. People speak of it as the “Great Crossing” — a day to remember.'
const town = 'The town hall was rebuilt after the fire of 1901, in the style of its time.'
const sources = [
  { id: '1', text: lake },
  { id: '2', text: town },
]
const check = quoteChecker(sources)
const verdict = (quote: string, claim = quote, sourceId = '1') => check({ claim, sourceId, quote }).verdict

describe('a quote', () => {
  test.each<[string, string, QuoteVerdict]>([
    ['stands in its source word for word', 'The lake froze over in January 1963', 'supported'],
    [
      'differs in case, white space and marks only',
      'the LAKE  froze\nover in january 1963!'.replace('!', '.'),
      'supported',
    ],
    ['has other quotation marks and dashes', 'as the "Great Crossing" - a day to remember', 'supported'],
    ['is in quotation marks itself', '“The lake froze over in January”', 'supported'],
    ['is full width', 'Ｔｈｅ ｌａｋｅ ｆｒｏｚｅ ｏｖｅｒ', 'supported'],
    ['is too short to prove anything', 'The lake froze', 'not_found'],
    ['says another word', 'The lake froze over in February 1963', 'not_found'],
    ['says another number', 'The lake froze over in January 1964', 'not_found'],
    ['is put together from two places', 'The lake froze over and the ferry sank in the storm', 'frankenquote'],
    ['leaves something out', 'The lake froze over ... About 1,500 people crossed', 'frankenquote'],
    ['leaves out the word not', 'It is true that the ferry sank in the storm', 'not_found'],
    ['begins behind the word not', 'the ferry sank in the storm', 'altered'],
    ['begins in the middle of a number', '500 people crossed on foot', 'altered'],
    ['ends in the middle of a number', 'the ice was 15', 'altered'],
    ['leaves out a minus', '12 degrees. Nobody was hurt', 'altered'],
    ['begins in the middle of a word', 'ake froze over in January', 'not_found'],
    ['is of another source', 'The town hall was rebuilt after the fire', 'misattributed'],
    ['is invented', 'The mayor gave a speech about the lake', 'not_found'],
    ['is empty', '', 'not_found'],
  ])('that %s', (_, quote, expected) => {
    expect(verdict(quote)).toBe(expected)
  })

  test.each<[string, string, QuoteVerdict]>([
    ['a number of its own', 'In 1963 about 1,600 people crossed.', 'altered'],
    ['the numbers of the quote, written otherwise', '1500 people walked across.', 'supported'],
    ['a reference mark', 'About 1500 people crossed. [2]', 'supported'],
    ['a link of its own', 'About 1500 people crossed, see https://evil.example/?q=1500', 'altered'],
    ['a picture that would tell where it is read', 'People crossed it. ![](https://evil.example/x)', 'altered'],
    ['no word', ' ', 'not_found'],
    ['a negation of its own', 'About 1,500 people did not cross on foot.', 'altered'],
  ])('is held against a claim with %s', (_, claim, expected) => {
    expect(verdict('About 1,500 people crossed on foot', claim)).toBe(expected)
  })

  test('that denies something does not carry a claim that asserts it', () => {
    const quote = 'It is not true that the ferry sank in the storm'
    expect(verdict(quote, 'The ferry sank.')).toBe('altered')
    expect(verdict(quote, 'The ferry did not sink.')).toBe('supported')
  })

  test('is told its place in the original text', () => {
    const { start, end } = check({ claim: 'x', sourceId: '1', quote: 'as the "great crossing" - a day' })
    expect(lake.slice(start, end)).toBe('as the “Great Crossing” — a day')
  })

  test('may be from a script without spaces', () => {
    const text = '東京は日本の首都であり、世界最大の都市圏を有する。'
    const japanese = quoteChecker([{ id: 'a', text }])
    expect(japanese({ claim: '東京は首都である。', sourceId: 'a', quote: '東京は日本の首都であり' }).verdict).toBe(
      'supported',
    )
  })
})

test.each([
  ['10² is not 102', 'the force rose by 102 in the first test', 'The force rose by 10² in the first test.'],
  ['a hyphen goes on with a word', 'toxic to humans and animals', 'It is non-toxic to humans and animals.'],
  ['can is not can’t', 'with this device you can', 'With this device you can’t fly.'],
  [
    'non-toxic denies toxic',
    'It is non-toxic to humans',
    'It is non-toxic to humans and animals.',
    'It is toxic to humans.',
  ],
  ['a magnitude belongs to its number', 'the revenue of the firm was 5', 'The revenue of the firm was 5 million.'],
])('%s', (_, quote, text, claim = quote) => {
  expect(quoteChecker([{ id: 'a', text }])({ claim, sourceId: 'a', quote }).verdict).not.toBe('supported')
})

test('not only says also, and what failed is not denied', () => {
  const text = 'Not only the bolt but also the plate failed at 300 N in the second test.'
  const both = quoteChecker([{ id: 'a', text }])
  expect(both({ claim: 'Bolt and plate broke at 300 N.', sourceId: 'a', quote: text }).verdict).toBe('supported')
})

test('an unknown source, or anything but texts, is nothing found', () => {
  expect(verdict('The lake froze over in January', 'x', '9')).toBe('misattributed')
  expect(verdict('A sentence that stands nowhere at all', 'x', '9')).toBe('not_found')
  expect(check({ claim: 'x', sourceId: '1', quote: 7 as never }).verdict).toBe('not_found')
})

test('every stretch of a normalised text leads back to where it came from', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(80), fc.nat(80), (text, a, b) => {
      const normal = normalise(text)
      const [from, to] = [Math.min(a, b, normal.text.length), Math.min(Math.max(a, b), normal.text.length)]
      const { start, end } = normal.span(from, to)
      expect(0 <= start && start <= end && end <= text.length).toBe(true)
      expect(normalise(text.slice(start, end)).text).toContain(normal.text.slice(from, to).trim())
    }),
    { numRuns: 500 },
  )
})

test('a hostile quote is checked in no time', () => {
  const text = 'a b c '.repeat(20_000)
  const startedAt = performance.now()
  for (const quote of ['a b c d '.repeat(400), 'c a b '.repeat(600), `${'a\u0301'.repeat(1_900)} x y z`])
    quoteChecker([{ id: 'a', text }])({ claim: quote, sourceId: 'a', quote })
  expect(performance.now() - startedAt).toBeLessThan(15_000)
})
