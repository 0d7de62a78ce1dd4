import type { CodeCall } from '../../contract/code.ts'
import type { TextCall } from '../../contract/text.ts'
import { measured } from '../call-measures.ts'
import type { AnyCall, Kind, Kinds } from '../kinds.ts'
import { besidesTokens, costAt, type Price, type Spent } from '../price.ts'

/** What a budget is counted in. `cost` gives whole numbers: tokens, or billionths of a US dollar. */
export interface Unit {
  readonly limit: number
  cost(spent: Spent): number
  /** For people. */
  print(amount: number): string
}

export const tokens = (limit: number): Unit => ({
  limit,
  cost: ({ input = 0, output = 0, total = input + output }) => Math.ceil(total),
  print: (amount) => `${amount} tokens`,
})

export const dollars = (limit: number, price: Price): Unit => ({
  limit: Math.floor(limit * 1e9),
  // What floating point adds beyond a millionth of a billionth is no cost.
  cost: (spent) => Math.ceil(Number((costAt(price, spent) * 1e9).toFixed(6))),
  print: (amount) => `${Number((amount / 1e9).toPrecision(3))} USD`,
})

/** What a picture or a page costs at most with most services, in tokens. */
const perFile = 2_000
/** Seconds of speech that a character comes to at most. */
const perCharacter = 0.2
/** Length of a video that the model chooses. */
const usualVideo = 10

/** What a call may use at most: what it brings is counted or overestimated, and of an answer `maxOutput` tokens are set aside, for each picture or video. */
export function mostSpent<K extends Kind>(kind: K, call: Kinds[K]['call'], maxOutput: number): Spent {
  const { count = 1, maxTokens } = call as { readonly count?: number; readonly maxTokens?: number }
  const seconds: { readonly [K in Kind]?: number } = {
    speech: perCharacter * (measured(kind, 'characters', call) ?? 0),
    video: usualVideo * count,
  }
  const besides = besidesTokens(kind, call)
  const isInputOnly = kind === 'embedding' || kind === 'rerank'
  return {
    ...besides,
    seconds: besides.seconds ?? seconds[kind],
    input: mostInput[kind](call as never),
    output: isInputOnly ? 0 : (maxTokens ?? maxOutput * count),
  }
}

const bytes = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0)
const pictures = (files: readonly unknown[]): number => perFile * files.filter((file) => file !== undefined).length

/** Tokens that a call puts in at most: no token is shorter than a byte. What files come to is a guess. */
const mostInput: { readonly [K in Kind]: (call: Kinds[K]['call']) => number } = {
  text: mostTokens,
  code: ({ prefix, suffix, context = [] }: CodeCall) =>
    bytes([prefix, suffix, ...context.map(({ text }) => text)]) + 64,
  embedding: ({ values }) => bytes(values),
  rerank: ({ query, documents }) => bytes(documents) + documents.length * bytes([query]),
  image: ({ prompt, images = [], mask }) => bytes([prompt]) + pictures([...images, mask]),
  speech: ({ text, instructions = '' }) => bytes([text, instructions]),
  transcription: ({ audio, prompt = '' }) => bytes([prompt]) + 64 * Math.ceil(seconds(audio) ?? 0),
  video: ({ prompt, firstFrame, lastFrame, references = [] }) =>
    bytes([prompt]) + pictures([firstFrame, lastFrame, ...references]),
}

const seconds = (audio: Kinds['transcription']['call']['audio']): number | undefined =>
  measured('transcription', 'seconds', { audio } as AnyCall)

/** The same for text: a message adds a few marks. */
function mostTokens({ messages, tools, output }: Pick<TextCall, 'messages' | 'tools' | 'output'>): number {
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
