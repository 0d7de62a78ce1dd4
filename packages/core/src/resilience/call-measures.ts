import type { CodeCall } from '../contract/code.ts'
import type { TextCall } from '../contract/text.ts'
import { soundSeconds } from '../generate/sound-seconds.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { AnyCall, Kind, Kinds } from './kinds.ts'

/** What a call has so and so much of: tokens that go in, texts (to embed, to rank), characters, pictures or videos that are asked for, seconds (of sound that is given, of a video that is asked for), pixels of each picture. */
export type Measure = 'tokens' | 'texts' | 'characters' | 'count' | 'seconds' | 'pixels'

type Measuring<K extends Kind> = { readonly [M in Measure]?: (call: Kinds[K]['call']) => number | undefined }

const quarter = (chars: number): number => Math.ceil(chars / 4)
const chars = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0)
const codeChars = ({ prefix, suffix, context = [] }: CodeCall): number =>
  chars([prefix, suffix, ...context.map(({ text }) => text)])

interface Pixels {
  readonly size?: { readonly width: number; readonly height: number }
}
const pixels = ({ size }: Pixels): number | undefined => size && size.width * size.height

const measures: { readonly [K in Kind]: Measuring<K> } = {
  text: { tokens: (call: TextCall) => estimateTokens(call) },
  code: { tokens: (call) => quarter(codeChars(call)), characters: codeChars },
  embedding: {
    tokens: ({ values }) => quarter(chars(values)),
    characters: ({ values }) => chars(values),
    texts: ({ values }) => values.length,
  },
  rerank: {
    tokens: ({ query, documents }) => quarter(chars(documents) + query.length * documents.length),
    characters: ({ query, documents }) => chars([query, ...documents]),
    texts: ({ documents }) => documents.length,
  },
  image: {
    tokens: ({ prompt }) => quarter(prompt.length),
    characters: ({ prompt }) => prompt.length,
    count: ({ count }) => count,
    pixels,
  },
  speech: { tokens: ({ text }) => quarter(text.length), characters: ({ text }) => text.length },
  transcription: { seconds: ({ audio }) => soundSeconds(audio) },
  video: {
    characters: ({ prompt }) => prompt.length,
    count: ({ count }) => count,
    seconds: ({ seconds }) => seconds,
    pixels,
  },
}

/** True where calls of a kind have such a thing. */
export const isMeasured = (kind: Kind, measure: Measure): boolean => measures[kind][measure] !== undefined

/** How much of it a call has; `undefined` where that is left to the model. */
export const measured = (kind: Kind, measure: Measure, call: AnyCall): number | undefined =>
  (measures[kind][measure] as ((call: AnyCall) => number | undefined) | undefined)?.(call)
