import type { JsonObject } from '@anymodel/core'
import { depthLimit, expOfMinus } from './exp.ts'
import { best } from './sampler.ts'

/** The `count` best tokens and the natural logarithms of their probabilities, best first: the model's own distribution, before penalties, temperature and selection. */
export function topLogprobs(
  logits: Float32Array,
  count: number,
  norm: number = logSum(logits),
): (readonly [token: number, logprob: number])[] {
  const top: { token: number; logit: number }[] = []
  let bar = count > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] as number
    if (!(logit > bar)) continue
    const at = top.findIndex((other) => logit > other.logit)
    top.splice(at < 0 ? top.length : at, 0, { token, logit })
    if (top.length > count) top.pop()
    if (top.length === count) bar = top[count - 1]?.logit as number
  }
  return top.map(({ token, logit }) => [token, logit - norm] as const)
}

/** The logarithm of the sum of the exponentials: what turns logits into log probabilities. */
export function logSum(logits: Float32Array): number {
  const highest = logits[best(logits)] as number
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const depth = highest - (logits[i] as number)
    if (depth < depthLimit) sum += expOfMinus(depth)
  }
  return highest + Math.log(sum)
}

const utf8 = new TextDecoder()

/** One position as `response.details.logprobs` has it; the form is that of OpenAI's Chat Completions, with the token ids. */
export function toLogprobEntry(
  token: number,
  logprob: number,
  top: readonly (readonly [token: number, logprob: number])[],
  textOf: (token: number) => Uint8Array,
): JsonObject {
  const entry = (id: number, value: number): JsonObject => {
    const bytes = textOf(id)
    return { id, token: utf8.decode(bytes), logprob: value, bytes: [...bytes] }
  }
  return { ...entry(token, logprob), top_logprobs: top.map(([id, value]) => entry(id, value)) }
}
