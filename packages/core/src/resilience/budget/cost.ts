import type { TextCall } from '../../contract/text.ts'
import type { Usage } from '../../contract/usage.ts'
import type { Price } from '../price.ts'

/** What a budget is counted in. `cost` gives whole numbers: tokens, or billionths of a US dollar. */
export interface Unit {
  readonly limit: number
  cost(usage: Usage): number
  /** For people. */
  print(amount: number): string
}

export const tokens = (limit: number): Unit => ({
  limit,
  cost: ({ input = 0, output = 0, total = input + output }) => Math.ceil(total),
  print: (amount) => `${amount} tokens`,
})

/** Dollars for a million tokens are a thousand billionths of one for each. */
export const dollars = (
  limit: number,
  price: Price & Required<Pick<Price, 'input' | 'output' | 'cacheRead' | 'cacheWrite'>>,
): Unit => ({
  limit: Math.floor(limit * 1e9),
  cost({ input = 0, output = 0, cacheRead = 0, cacheWrite = 0 }) {
    const plain = Math.max(0, input - cacheRead - cacheWrite)
    const sum =
      plain * price.input + cacheRead * price.cacheRead + cacheWrite * price.cacheWrite + output * price.output
    return Math.ceil(sum * 1_000)
  },
  print: (amount) => `${Number((amount / 1e9).toPrecision(3))} USD`,
})

/** What a picture or a page costs at most with most services, in tokens. */
const perFile = 2_000

/** Tokens that a call puts in at most: no token is shorter than a byte, and a message adds a few marks. What files come to is a guess. */
export function mostTokens({ messages, tools, output }: Pick<TextCall, 'messages' | 'tools' | 'output'>): number {
  let bytes = 0
  let files = 0
  for (const { content } of messages) {
    bytes += 16
    if (typeof content === 'string') bytes += Buffer.byteLength(content)
    else
      for (const piece of content) {
        if (piece.type === 'file') files++
        else bytes += bytesOf(piece)
      }
  }
  return bytes + bytesOf(tools) + bytesOf(output) + files * perFile
}

const bytesOf = (value: unknown): number => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)))
