import { describe, expect, it } from 'vitest'
import { retryAfter } from './retry-after.ts'

const now = Date.parse('2026-11-24T12:00:00Z')
const wait = (headers: Record<string, string>, body = '', limited = true) => retryAfter(headers, body, limited, now)

describe('how long to wait', () => {
  it.each([
    ['seconds', { 'retry-after': '2' }, 2_000],
    ['zero', { 'retry-after': '0' }, 0],
    ['a fraction', { 'retry-after': '1.5' }, 1_500],
    ['a date', { 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30_000],
    ['milliseconds', { 'retry-after-ms': '350' }, 350],
    ['milliseconds of Azure', { 'x-ms-retry-after-ms': '350' }, 350],
    ['milliseconds win over seconds', { 'retry-after-ms': '350', 'retry-after': '60' }, 350],
    ['a Go duration', { 'retry-after': '1m2.5s' }, 62_500],
  ])('%s', (_name, headers, expected) => expect(wait(headers)).toBe(expected))

  it.each([
    ['a date in the past', { 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }],
    ['a negative number', { 'retry-after': '-1' }],
    ['nonsense', { 'retry-after': 'soon' }],
    ['nothing', { 'retry-after': '' }],
    ['infinity', { 'retry-after': 'Infinity' }],
    ['empty milliseconds', { 'retry-after-ms': '' }],
  ])('%s is no hint', (_name, headers) => expect(wait(headers)).toBeUndefined())

  it('a hint that can not be used makes way for the next one', () => {
    expect(wait({ 'retry-after-ms': 'x', 'retry-after': '3' })).toBe(3_000)
  })

  it.each([
    ['Please try again in 350ms.', 350],
    ['Rate limit reached, try again in 6.5 s', 6_500],
    ['Please retry in 48.9s', 48_900],
    ['retry after 2 minutes', 120_000],
    ['{"error":{"details":[{"@type":"RetryInfo","retryDelay":"48s"}]}}', 48_000],
    ['You may try again later', undefined],
  ])('words: %s', (body, expected) => expect(wait({}, body)).toBe(expected))

  it.each([
    ['6ms', 6],
    ['1m2.5s', 62_500],
    ['2026-11-24T12:00:10Z', 10_000],
    ['20', 20_000],
    [String(now / 1_000 + 5), 5_000],
  ])('the reset of an exhausted limit, as %s', (reset, expected) => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset }
    expect(wait(headers)).toBe(expected)
    expect(wait(headers, '', false), 'only when the limit is what failed').toBeUndefined()
  })

  it('of several exhausted limits the longest counts; of those with something left, none', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6s',
      'x-ratelimit-remaining-images': '5',
      'x-ratelimit-reset-images': '60s',
    }
    expect(wait(headers)).toBe(6_000)
  })
})
