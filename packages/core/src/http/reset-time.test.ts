import { describe, expect, it } from 'vitest'
import { goDuration, resetTime } from './reset-time.ts'

describe('the time until a reset', () => {
  it('a Go duration is a whole one', () => {
    expect([goDuration('1h'), goDuration('1m30s'), goDuration('5'), goDuration('s'), goDuration('1s x')]).toEqual([
      3_600_000,
      90_000,
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each([
    ['seconds', '2.5', 2_500],
    ['seconds since the epoch', '1795521603', 3_000],
    ['milliseconds since the epoch', '1795521603500', 3_500],
    ['a Go duration', '6m0s', 360_000],
    ['an RFC 3339 date', '2026-11-24T12:00:30Z', 30_000],
    ['nonsense', 'soon', undefined],
    ['nothing', '', undefined],
  ])('is read from %s', (_, text, ms) => {
    expect(resetTime(text, Date.parse('2026-11-24T12:00:00Z'))).toBe(ms)
  })
})
