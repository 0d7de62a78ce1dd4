import type { Usage } from '../contract/usage.ts'
import { measured } from './call-measures.ts'
import type { AnyCall, Kind } from './kinds.ts'

/** What a model costs, in US dollars. What is not known is absent, never 0. Where several are set, they add up. */
export interface Price {
  /** A million tokens. */
  readonly input?: number
  readonly output?: number
  /** Of input that is read from the service's prompt cache. Default: as `input`. */
  readonly cacheRead?: number
  /** Of input that is written to it. Default: as `input`. */
  readonly cacheWrite?: number
  /** One picture. */
  readonly picture?: number
  /** One second of sound that is made or written down, or of a video. */
  readonly second?: number
  /** A million characters that are spoken. */
  readonly characters?: number
  /** One request, whatever it holds. */
  readonly request?: number
}

/** What a request used: tokens, and what else is paid for. */
export interface Spent extends Usage {
  readonly pictures?: number | undefined
  readonly seconds?: number | undefined
  readonly characters?: number | undefined
  readonly requests?: number | undefined
  /** US dollars, where the service told. */
  readonly cost?: number | undefined
}

/** What a call uses besides tokens, as far as that is known before it is sent. */
export function besidesTokens(kind: Kind, call: AnyCall): Spent {
  const count = measured(kind, 'count', call) ?? 1
  const seconds = measured(kind, 'seconds', call)
  return {
    requests: 1,
    pictures: kind === 'image' ? count : undefined,
    seconds: kind === 'video' && seconds !== undefined ? seconds * count : seconds,
    characters: kind === 'speech' ? measured(kind, 'characters', call) : undefined,
  }
}

/** True where a price says what calls of a kind cost. */
export function isPriced(kind: Kind, { input, output, ...others }: Price): boolean {
  if (kind === 'text' || kind === 'code') return input !== undefined && output !== undefined
  return [input, output, others.picture, others.second, others.characters, others.request].some(
    (one) => one !== undefined,
  )
}

/** What so much costs at a price, in US dollars, or what the service told that it did. What the price does not name costs nothing, and so does what is not known of the use. */
export function costAt(price: Price, spent: Spent): number {
  if (spent.cost !== undefined) return spent.cost
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = spent
  const at = { input: 0, output: 0, ...price }
  const tokens =
    Math.max(0, input - cacheRead - cacheWrite) * at.input +
    cacheRead * (price.cacheRead ?? at.input) +
    cacheWrite * (price.cacheWrite ?? at.input) +
    output * at.output
  const { pictures = 0, seconds = 0, characters = 0, requests = 0 } = spent
  const things = pictures * (price.picture ?? 0) + seconds * (price.second ?? 0) + requests * (price.request ?? 0)
  return (tokens + characters * (price.characters ?? 0)) / 1_000_000 + things
}
