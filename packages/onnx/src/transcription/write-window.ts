import { deflateSync } from 'node:zlib'
import type { Tensor } from 'onnxruntime-node'
import { logSum } from '../text/logprobs.ts'
import { type Random, random } from '../text/random.ts'
import { best } from '../text/sampler.ts'
import type { Decoder } from './decoder.ts'
import { rules } from './rules.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What one window of sound is written down with. */
export interface Writing {
  readonly decoder: Decoder
  readonly vocabulary: Vocabulary
  /** The encoder's view of the window; the caller's to dispose. */
  readonly sound: Tensor
  /** What the decoder is told before it writes; the last of them says what comes. */
  readonly prompt: readonly number[]
  /** Times between stretches of text, or text alone. */
  readonly times: boolean
  /** Also where the decoder looks while it writes. */
  readonly attention: boolean
  /** Most tokens of the text. */
  readonly limit: number
  /** Tried in this order until the text is good enough. */
  readonly temperatures: readonly number[]
  readonly seed: number
  textOf(tokens: readonly number[]): string
  cancelled(): boolean
}

/** A window, written down. */
export interface Written {
  readonly tokens: readonly number[]
  /** Where the decoder looked before each token, the one that ended the text included: by layer and head. Empty unless asked for. */
  readonly attention: readonly (readonly Float32Array[])[]
  /** Natural logarithm of the probability of a token, on average. */
  readonly logprob: number
  /** Probability that nothing is said. */
  readonly noSpeech: number
  readonly temperature: number
}

/** A text that can be compressed this well repeats itself; one whose tokens are less likely than this is a guess (Radford et al., 2022, 4.5). */
const limits = { compression: 2.4, logprob: -1, noSpeech: 0.6 }

/** True for a window in which nobody speaks, whatever was written. */
export const isSilent = ({ noSpeech, logprob }: Written): boolean =>
  noSpeech > limits.noSpeech && logprob < limits.logprob

/** Writes a window down: greedily, and again with more and more chance when the text repeats itself or is a guess. `undefined` when nobody waits any more. */
export async function writeWindow(writing: Writing): Promise<Written | undefined> {
  let last: Written | undefined
  for (const [turn, temperature] of writing.temperatures.entries()) {
    const draw = random(writing.seed * 16 + turn)
    last = await write(writing, temperature, draw)
    if (!last || isSilent(last) || isGood(last, writing)) return last
  }
  return last
}

function isGood({ tokens, logprob }: Written, { vocabulary, textOf }: Writing): boolean {
  const text = Buffer.from(textOf(tokens.filter((token) => token < vocabulary.end)), 'utf8')
  const compression = text.length === 0 ? 0 : text.length / deflateSync(text).length
  return compression <= limits.compression && logprob >= limits.logprob
}

async function write(writing: Writing, temperature: number, draw: Random): Promise<Written | undefined> {
  const { decoder, vocabulary, sound, prompt, limit } = writing
  const forbid = rules(vocabulary, writing.times)
  const decoding = decoder.begin(sound, writing.attention)
  const tokens: number[] = []
  const attention: (readonly Float32Array[])[] = []
  let total = 0
  try {
    let step = await decoding.feed(prompt)
    const noSpeech = noSpeechIn(step.logits(prompt.lastIndexOf(vocabulary.start)), vocabulary)
    let logits = step.logits(prompt.length - 1)
    for (;;) {
      if (writing.cancelled()) return undefined
      attention.push(step.attention)
      forbid(logits, tokens)
      const token = temperature === 0 ? best(logits) : drawn(logits, temperature, draw)
      const logprob = (logits[token] as number) - logSum(logits)
      // A model that knows no next token at all (all ruled out, or numbers that are none) has nothing more to say.
      if (!Number.isFinite(logprob)) break
      total += logprob
      if (token === vocabulary.end) break
      tokens.push(token)
      if (tokens.length >= limit) break
      step = await decoding.feed([token])
      logits = step.logits(0)
    }
    return { tokens, attention, logprob: total / (tokens.length + 1), noSpeech, temperature }
  } finally {
    decoding.dispose()
  }
}

function noSpeechIn(logits: Float32Array, { noSpeech }: Vocabulary): number {
  return noSpeech === undefined ? 0 : Math.exp((logits[noSpeech] as number) - logSum(logits))
}

/** A token drawn by the probabilities at a temperature. */
function drawn(logits: Float32Array, temperature: number, draw: Random): number {
  const highest = logits[best(logits)] as number
  let sum = 0
  for (const logit of logits) sum += Math.exp((logit - highest) / temperature)
  let left = draw() * sum
  for (let token = 0; token < logits.length; token++) {
    left -= Math.exp(((logits[token] as number) - highest) / temperature)
    if (left < 0) return token
  }
  return best(logits)
}
