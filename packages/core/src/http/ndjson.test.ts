import { describe, expect, it } from 'vitest'
import { ndjson } from './ndjson.ts'

function lines(body: string, size: number) {
  const seen: string[] = []
  let comments = 0
  const framing = ndjson({ event: (data) => seen.push(data), comment: () => comments++ })
  const bytes = Buffer.from(body)
  for (let at = 0; at < bytes.length; at += size) framing.feed(bytes.subarray(at, at + size))
  framing.end()
  return { seen, comments }
}

describe('lines of JSON', () => {
  it('come out the same wherever the network cuts', () => {
    const body = '{"a":"Zürich 🏔️"}\n\n{"b":2}\r\n   \n{"c":3}'
    for (let size = 1; size <= Buffer.byteLength(body); size++)
      expect(lines(body, size), `chunks of ${size}`).toEqual({
        seen: ['{"a":"Zürich 🏔️"}', '{"b":2}', '{"c":3}'],
        comments: 2,
      })
  })

  it('a last line without its newline counts, once', () => {
    expect(lines('{"a":1}', 100).seen).toEqual(['{"a":1}'])
    expect(lines('{"a":1}\n', 100).seen).toEqual(['{"a":1}'])
  })

  it('a line of a megabyte in small chunks is one line', () => {
    const line = JSON.stringify('x'.repeat(1_000_000))
    expect(lines(`${line}\n`, 512).seen).toEqual([line])
  })
})
