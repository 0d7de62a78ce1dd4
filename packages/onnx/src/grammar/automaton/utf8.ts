/** Both ends included. */
export type Range = readonly [number, number]

/** The last code points that UTF-8 writes in 1, 2, 3 and 4 bytes. */
const lastOfLength = [0x7f, 0x7ff, 0xffff, 0x10ffff]
const surrogates: Range = [0xd800, 0xdfff]

/** A range of code points as sequences of byte ranges that are its UTF-8 (RFC 3629); surrogates have none. */
export function utf8Sequences([first, last]: Range): Range[][] {
  return withoutSurrogates([first, last]).flatMap(byLength).flatMap(toSequences)
}

function withoutSurrogates([first, last]: Range): Range[] {
  const parts: Range[] = [
    [first, Math.min(last, surrogates[0] - 1)],
    [Math.max(first, surrogates[1] + 1), last],
  ]
  return parts.filter(([from, to]) => from <= to)
}

function byLength([first, last]: Range): Range[] {
  return lastOfLength
    .map((end, i): Range => [Math.max(first, i === 0 ? 0 : (lastOfLength[i - 1] as number) + 1), Math.min(last, end)])
    .filter(([from, to]) => from <= to)
}

/** A range whose ends have the same length. Where the leading bytes differ and the rest does not span everything, it is cut. */
function toSequences([first, last]: Range): Range[][] {
  if (last <= 0x7f) return [[[first, last]]]
  for (let bits = 6; bits <= 18; bits += 6) {
    const mask = (1 << bits) - 1
    if (first >> bits === last >> bits) continue
    if ((first & mask) !== 0) return [...toSequences([first, first | mask]), ...toSequences([(first | mask) + 1, last])]
    if ((last & mask) !== mask)
      return [...toSequences([first, (last & ~mask) - 1]), ...toSequences([last & ~mask, last])]
  }
  const from = encodeUtf8(first)
  const to = encodeUtf8(last)
  return [[...from].map((byte, i): Range => [byte, to[i] as number])]
}

const encoder = new TextEncoder()
const encodeUtf8 = (codePoint: number): Uint8Array => encoder.encode(String.fromCodePoint(codePoint))
