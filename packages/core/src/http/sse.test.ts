import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isAnyModelError } from '../errors.ts'
import { sse } from './sse.ts'

type Seen = [data: string, name?: string] | 'comment'

/** What comes out of a body that arrives in chunks of so many bytes. */
function events(body: string | Uint8Array, size = Number.POSITIVE_INFINITY, limit?: number): Seen[] {
  const seen: Seen[] = []
  const framing = sse(
    {
      event: (data, name) => seen.push(name === undefined ? [data] : [data, name]),
      comment: () => seen.push('comment'),
    },
    limit,
  )
  const bytes = Buffer.from(body as string)
  for (let at = 0; at < bytes.length; at += size) framing.feed(bytes.subarray(at, Math.min(bytes.length, at + size)))
  framing.end()
  return seen
}

const withoutComments = (seen: Seen[]) => seen.filter((one) => one !== 'comment')

const sample = [
  ': a comment',
  '',
  'event: start',
  'data: {"text":"Zürich 🏔️ 北京"}',
  '',
  'data:no space',
  '',
  'data: two',
  'data: lines',
  '',
  'id: 7',
  'retry: 100',
  'unknown: field',
  'data: last',
  '',
  '',
]

const expected: Seen[] = [['{"text":"Zürich 🏔️ 北京"}', 'start'], ['no space'], ['two\nlines'], ['last']]

describe('server-sent events', () => {
  for (const [name, newline] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    it(`come out the same wherever the network cuts, with ${name}`, () => {
      const body = sample.join(newline)
      for (let size = 1; size < Buffer.byteLength(body); size++)
        expect(withoutComments(events(body, size)), `chunks of ${size}`).toEqual(expected)
      expect(events(body)[0]).toBe('comment')
    })
  }

  it('data after the last blank line counts, with or without its newline', () => {
    for (const end of ['', '\n', '\r', '\r\n']) expect(events(`data: a\n\ndata: b${end}`)).toEqual([['a'], ['b']])
  })

  it('a byte order mark at the start is not content', () => {
    for (const size of [1, 2, 100]) expect(events('\uFEFFdata: a\n\n', size)).toEqual([['a']])
  })

  it('a comment that a proxy put into data is a comment, as is empty data', () => {
    expect(events('data: : keep-alive\n\ndata:\n\ndata: a\n\n')).toEqual(['comment', 'comment', ['a']])
  })

  it('bytes that are not UTF-8 do not break the events around them', () => {
    const body = Buffer.concat([
      Buffer.from('data: a\n\ndata: '),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\n\ndata: b\n\n'),
    ])
    const seen = events(body)
    expect([seen.length, seen[0], seen[2]]).toEqual([3, ['a'], ['b']])
  })

  it('an event larger than the limit is malformed, not memory without end', () => {
    const endless = `data: ${'x'.repeat(5_000)}`
    for (const size of [100, 10_000]) {
      let error: unknown
      try {
        events(`data: a\n\n${endless}`, size, 1_000)
      } catch (thrown) {
        error = thrown
      }
      expect(isAnyModelError(error) && error.code).toBe('malformed')
    }
    const many = 'data: small\n\n'.repeat(1_000)
    expect(events(many, 64, 1_000)).toHaveLength(1_000)
  })

  it('a long event in small chunks costs time in proportion to its length', () => {
    const time = (length: number) => {
      const body = Buffer.from(`data: ${'x'.repeat(length)}\n\n`)
      const runs = Array.from({ length: 5 }, () => {
        const start = performance.now()
        expect(events(body, 1_000)).toHaveLength(1)
        return performance.now() - start
      })
      return Math.min(...runs)
    }
    time(100_000)
    expect(time(8_000_000) / time(1_000_000)).toBeLessThan(32)
  })
})

const suite = '../shared/datasets/wpt-eventsource/eventsource'

/** What the browser tests expect of their bodies, in our events: browsers drop data without a final blank line and hand on empty data, we do not. */
const browserTests: Readonly<Record<string, readonly Seen[]>> = {
  'format-bom': [['1'], ['3']],
  'format-bom-2': [['2'], ['3']],
  'format-data-before-final-empty-line': [['test1'], ['test2']],
  'format-field-data': [['\n'], ['test']],
  'format-field-event': [['x', 'test'], ['x']],
  'format-field-event-empty': [['data']],
  'format-field-retry-empty': [['test']],
  'format-field-unknown': [['test\n\ntest']],
  'format-leading-space': [['\ttest\n\ntest']],
  'format-newlines': [['test\n\ntest']],
  'format-null-character': [['\u0000']],
  'format-utf-8': [['ok…']],
}

/** The body that a browser test asks its server for. */
function bodyOf(name: string): string {
  const source = readFileSync(`${suite}/${name}.any.js`, 'utf8')
  const written = /message=" \+ encodeURIComponent\(("[^"]*")\)/.exec(source)?.[1]
  const message = written
    ? (JSON.parse(written) as string)
    : decodeURIComponent(/message=([^"&]+)/.exec(source)?.[1] ?? '')
  return `${message + (source.includes('newline=none') ? '' : '\n\n')}\n`
}

describe.skipIf(!existsSync(suite))('the browsers’ tests of event streams (skipped without ../shared/datasets)', () => {
  it.each(Object.entries(browserTests))('%s', (name, expected) => {
    const body = bodyOf(name)
    for (const size of [1, 7, 1_000]) expect(withoutComments(events(body, size))).toEqual(expected)
  })
})
