import {
  AnyModelError,
  type CodeCall,
  type FinishReason,
  type Json,
  type JsonObject,
  type Part,
  type TextCall,
} from '@anymodel/core'
import type { Constraint } from '../grammar/index.ts'
import { provider } from '../thread/events.ts'
import type { Job } from '../thread/served.ts'
import { followed } from './constrain.ts'
import { detokenizer } from './detokenize.ts'
import type { Engine } from './engine.ts'
import { toGap } from './gap.ts'
import { logSum, toLogprobEntry, topLogprobs } from './logprobs.ts'
import { gapPrompt, type Prompt, toPrompt } from './prompt.ts'
import { type Sampler, sampler } from './sampler.ts'
import { toSampling } from './settings.ts'
import { stopWatch } from './stop.ts'
import { plainReader, TaggedCalls, toolTags } from './tool-calls.ts'

export type TextJob = Job<TextCall | CodeCall, Part>

/** What reading and writing took. */
interface Effort {
  /** Prompt tokens that were known from before. */
  readonly cached: number
  readonly promptMs: number
  readonly totalMs: number
  /** In the graph; a run that served several texts counts for each. */
  readonly runMs: number
}

/** Writes the answer to one call, a token at a time. */
export interface Writer {
  /** Tokens of the prompt. */
  readonly prompt: readonly number[]
  /** Most tokens that the answer may still have. */
  readonly room: number
  /** Tokens of the answer so far. */
  readonly written: number
  /** True once the answer has ended: there is nothing to go on with. */
  readonly ended: boolean
  /** Shows what the answer has to begin with, and gives its tokens. */
  begin(): readonly number[]
  /** Chooses the next token by the logits after the last one, and shows what it completes. Gives it, and those that have to follow it. */
  next(logits: Float32Array): readonly number[]
  /** Shows what was held back, and the finish. */
  finish(effort: Effort): void
}

/** Makes the prompt of a call. Throws what is wrong with the call before anything is computed. */
export function writer(engine: Engine, job: TextJob): Writer {
  const { call, prompt, tokens, ends } = asked(engine, job)
  const limit = tokenLimit(engine, call, tokens.length)
  const { constraint, warnings } = followed(call, prompt.form, engine.grammars)
  if (constraint) skip(constraint, engine.encode(prompt.prefill, false))
  const text = textOf(engine, call, prompt)
  let choose: Chooser | undefined
  let output = 0
  let ended: Ended | undefined
  job.emit(
    [...prompt.warnings, ...warnings].map((warning) => ({
      type: 'notice',
      kind: 'warning',
      message: warning.message,
      warning,
    })),
  )
  const end = (token: number): Ended | undefined => {
    if (engine.ends.has(token) || ends?.has(token)) return { ...text.end('stop'), rawReason: 'end token' }
    const { parts, ended } = text.push(token)
    if (ended) return { ...text.end('stop', parts), rawReason: ended }
    if (constraint?.done) return { ...text.end('stop', parts), rawReason: 'whole' }
    if (output >= limit.tokens) return { ...text.end('length', parts), rawReason: limit.reason }
    job.emit(parts)
    return undefined
  }
  const take = (token: number): void => {
    output++
    constraint?.advance(token)
    ended = end(token)
  }
  /** What has to follow is not asked of the model, unless somebody wants to know how probable it was. */
  const force = (): number[] => {
    const forced = ended || call.logprobs !== undefined ? [] : (constraint?.forced() ?? [])
    const taken: number[] = []
    for (const token of forced) {
      take(token)
      choose?.saw(token)
      if (ended) break
      taken.push(token)
    }
    return taken
  }
  let opening: readonly number[] = []
  return {
    prompt: tokens,
    get room() {
      return limit.tokens - output
    },
    get written() {
      return output
    },
    get ended() {
      return ended !== undefined
    },
    begin: () => (opening = force()),
    next(logits) {
      choose ??= chooser(engine, call, tokens, logits.length, opening)
      const token = choose.next(logits, constraint?.mask())
      take(token)
      return ended ? [] : [token, ...force()]
    },
    finish({ cached, ...timing }) {
      if (!ended) return
      const { parts, reason, rawReason } = ended
      const usage = {
        input: tokens.length,
        output,
        total: tokens.length + output,
        ...(cached > 0 && { cacheRead: cached }),
      }
      const logprobs = choose?.logprobs
      const details = { timing, ...(logprobs && { logprobs: logprobs as Json }) }
      const response = { provider, model: job.model, rawReason, details }
      job.emit([...parts, { type: 'finish', reason, usage, response }])
    },
  }
}

/** What is asked, in tokens. */
interface Asked {
  readonly call: TextCall
  readonly prompt: Prompt
  readonly tokens: readonly number[]
  /** Tokens that end this answer besides those that end any. */
  readonly ends?: ReadonlySet<number>
}

function asked(engine: Engine, { call, model }: TextJob): Asked {
  if ('messages' in call) {
    const prompt = toPrompt(call, engine.template((call.tools?.length ?? 0) > 0))
    return { call, prompt, tokens: engine.encode(prompt.text, prompt.raw) }
  }
  const { maxTokens, temperature, topP, seed, stop } = call
  const tuning = Object.entries({ maxTokens, temperature, topP, seed, stop }).filter(([, value]) => value !== undefined)
  return { call: { messages: [], ...Object.fromEntries(tuning) }, prompt: gapPrompt, ...toGap(engine, call, model) }
}

/** Goes over the beginning of the answer that the caller wrote. */
function skip(constraint: Constraint, tokens: readonly number[]): void {
  try {
    for (const token of tokens) constraint.advance(token)
  } catch (cause) {
    throw new AnyModelError(
      'invalid-argument',
      'The beginning of the answer, in the last assistant message, does not fit the form that is asked for.',
      { cause },
    )
  }
}

interface Ended {
  /** What was still held back. */
  readonly parts: readonly Part[]
  readonly reason: FinishReason
  readonly rawReason: string
}

/** How many tokens the answer may have. Throws `context-length` when there is room for none. */
function tokenLimit({ context, generation }: Engine, { maxTokens }: TextCall, prompt: number) {
  if (prompt === 0)
    throw new AnyModelError('bad-request', 'The prompt is empty: give the model at least one token to continue.')
  if (context !== undefined && prompt >= context)
    throw new AnyModelError(
      'context-length',
      `The prompt has ${prompt} tokens and the model takes ${context}, the answer included. Shorten it by ${prompt - context + 1} tokens or more.`,
    )
  const room = context === undefined ? Number.POSITIVE_INFINITY : context - prompt
  const wanted = maxTokens ?? generation.max_new_tokens ?? Number.POSITIVE_INFINITY
  return wanted <= room ? { tokens: wanted, reason: 'max tokens' } : { tokens: room, reason: 'context length' }
}

interface Chooser extends Sampler {
  readonly logprobs: JsonObject[] | undefined
}

/** The sampler, writing down log probabilities where they are asked for. `opening`: tokens that the answer began with. */
function chooser(
  { generation, bytes }: Engine,
  call: TextCall,
  tokens: readonly number[],
  vocabulary: number,
  opening: readonly number[],
): Chooser {
  const choose = sampler(toSampling(call, generation, vocabulary), tokens, vocabulary)
  for (const token of opening) choose.saw(token)
  if (call.logprobs === undefined) return { ...choose, logprobs: undefined }
  const logprobs: JsonObject[] = []
  // Sampling changes the logits; one copy serves all positions.
  const own = new Float32Array(vocabulary)
  return {
    logprobs,
    saw: choose.saw,
    next(logits, allowed) {
      own.set(logits)
      const token = choose.next(logits, allowed)
      const norm = logSum(own)
      const top = topLogprobs(own, call.logprobs ?? 0, norm)
      logprobs.push(toLogprobEntry(token, (own[token] as number) - norm, top, bytes.shown))
      return token
    },
  }
}

/** From tokens to parts: bytes, text, stop texts, tool calls. */
function textOf({ bytes, tokenizer }: Engine, call: TextCall, prompt: Prompt) {
  const names = call.toolChoice === 'none' ? [] : (call.tools ?? []).map(({ name }) => name)
  const limit = call.parallelToolCalls === false ? 1 : Number.POSITIVE_INFINITY
  const reader = names.length > 0 ? new TaggedCalls(names, limit) : plainReader
  const shown = new Set(names.length > 0 ? toolTags.map((tag) => tokenizer.token_to_id(tag)) : [])
  const decoder = detokenizer(bytes.dropsLeadingSpace && !prompt.continues)
  const watch = stopWatch(call.stop ?? [])
  return {
    push(token: number): { parts: Part[]; ended?: string } {
      const text = decoder.push(shown.has(token) ? bytes.shown(token) : bytes.of(token))
      const parts = text === '' ? [] : reader.push(watch.push(text))
      if (watch.stopped) return { parts, ended: 'stop text' }
      return reader.count >= limit ? { parts, ended: 'one tool call' } : { parts }
    },
    end(reason: 'stop' | 'length', before: readonly Part[] = []): { parts: Part[]; reason: FinishReason } {
      const parts = [...before, ...reader.push(watch.end()), ...reader.end()]
      return { parts, reason: reason === 'stop' && reader.count > 0 ? 'tool-calls' : reason }
    },
  }
}
