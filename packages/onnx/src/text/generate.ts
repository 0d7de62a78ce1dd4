import { AnyModelError, type FinishReason, type Json, type JsonObject, type Part, type TextCall } from '@anymodel/core'
import { provider } from '../thread/events.ts'
import type { Job } from '../thread/served.ts'
import { detokenizer } from './detokenize.ts'
import type { Engine } from './engine.ts'
import { logSum, toLogprobEntry, topLogprobs } from './logprobs.ts'
import { type Prompt, toPrompt } from './prompt.ts'
import { type Sampler, sampler } from './sampler.ts'
import type { Sequence } from './sequence.ts'
import { toSampling } from './settings.ts'
import { stopWatch } from './stop.ts'
import { plainReader, TaggedCalls, toolTags } from './tool-calls.ts'

type TextJob = Job<TextCall, Part>

/** Prompt tokens per run of the graph: enough to keep the processor busy, few enough to notice an abort. */
const chunkSize = 256

/** Answers one call. Every run of the graph gives way to other jobs and to messages, so that an abort is seen after one token. */
export async function generate(engine: Engine, job: TextJob): Promise<void> {
  const { call } = job
  const prompt = toPrompt(call, engine.template((call.tools?.length ?? 0) > 0))
  const tokens = engine.encode(prompt.text, prompt.raw)
  const limit = tokenLimit(engine, call, tokens.length)
  job.emit(prompt.warnings.map((warning) => ({ type: 'notice', kind: 'warning', message: warning.message, warning })))
  const startedAt = performance.now()
  const sequence = engine.begin()
  try {
    const logits = await read(sequence, tokens, job)
    const promptMs = performance.now() - startedAt
    if (!logits) return
    const ended = await write({ engine, job, prompt, tokens, limit, sequence, logits })
    if (!ended) return
    const { parts, reason, rawReason, output, logprobs } = ended
    const timing = { promptMs, totalMs: performance.now() - startedAt, runMs: sequence.runMs }
    const usage = { input: tokens.length, output, total: tokens.length + output }
    const response = {
      provider,
      model: job.model,
      rawReason,
      details: { timing, ...(logprobs && { logprobs: logprobs as Json }) },
    }
    job.emit([...parts, { type: 'finish', reason, usage, response }])
  } finally {
    sequence.dispose()
  }
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

/** Shows the prompt to the model; `undefined` when the job was cancelled on the way. */
async function read(sequence: Sequence, tokens: readonly number[], job: TextJob): Promise<Float32Array | undefined> {
  let logits: Float32Array | undefined
  for (let at = 0; at < tokens.length; at += chunkSize) {
    if (job.cancelled()) return undefined
    logits = await sequence.feed(tokens.slice(at, at + chunkSize))
  }
  return logits
}

interface Writing {
  readonly engine: Engine
  readonly job: TextJob
  readonly prompt: Prompt
  readonly tokens: readonly number[]
  readonly limit: { readonly tokens: number; readonly reason: string }
  readonly sequence: Sequence
  logits: Float32Array
}

interface Ended {
  /** What was still held back. */
  readonly parts: readonly Part[]
  readonly reason: FinishReason
  readonly rawReason: string
  readonly output: number
  readonly logprobs: readonly JsonObject[] | undefined
}

/** Token after token until the model, a stop text or a limit ends it; `undefined` when the job was cancelled. */
async function write({ engine, job, prompt, tokens, limit, sequence, logits }: Writing): Promise<Ended | undefined> {
  const { call } = job
  const choose = chooser(engine, call, tokens, logits.length)
  const text = textOf(engine, call, prompt)
  for (let output = 1; ; output++) {
    const token = choose.next(logits)
    if (engine.ends.has(token))
      return { ...text.end('stop'), rawReason: 'end token', output, logprobs: choose.logprobs }
    const { parts, ended } = text.push(token)
    if (ended) return { ...text.end('stop', parts), rawReason: ended, output, logprobs: choose.logprobs }
    if (output >= limit.tokens)
      return { ...text.end('length', parts), rawReason: limit.reason, output, logprobs: choose.logprobs }
    if (parts.length > 0) job.emit(parts)
    logits = await sequence.feed([token])
    if (job.cancelled()) return undefined
  }
}

/** The sampler, writing down log probabilities where they are asked for. */
function chooser(
  { generation, bytes }: Engine,
  call: TextCall,
  tokens: readonly number[],
  vocabulary: number,
): Sampler & { readonly logprobs: JsonObject[] | undefined } {
  const choose = sampler(toSampling(call, generation, vocabulary), tokens, vocabulary)
  if (call.logprobs === undefined) return { ...choose, logprobs: undefined }
  const logprobs: JsonObject[] = []
  // Sampling changes the logits; one copy serves all positions.
  const own = new Float32Array(vocabulary)
  return {
    logprobs,
    next(logits) {
      own.set(logits)
      const token = choose.next(logits)
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
  // A call that was forced is the answer: small models only ramble after it.
  const limit = call.parallelToolCalls === false || prompt.opening !== '' ? 1 : Number.POSITIVE_INFINITY
  const reader = names.length > 0 ? new TaggedCalls(names, prompt.opening, limit) : plainReader
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
