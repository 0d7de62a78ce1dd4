import type { Json, JsonObject, JsonSchema } from './json.ts'
import type { Message } from './message.ts'
import type { Part } from './part.ts'

/** A tool that the model may call, described by a JSON Schema. */
export interface FunctionDefinition {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  readonly inputSchema: JsonSchema
  /** Ask the service to enforce the schema, where it can. */
  readonly strict?: boolean
}

/** A tool that the provider runs itself, in the provider's own words: `definition` goes into the wire body as it stands. */
export interface ProviderToolDefinition {
  readonly type: 'provider'
  /** The provider that it belongs to; any other refuses it. */
  readonly provider: string
  readonly name: string
  readonly definition: JsonObject
}

export type ToolDefinition = FunctionDefinition | ProviderToolDefinition

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string }

/** What form the answer's text must have. */
export type OutputFormat =
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly schema: JsonSchema; readonly name: string; readonly description?: string }

/** How hard to think. `effort` is portable; `budget` in tokens where the service counts them. */
export interface ReasoningOptions {
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'max'
  readonly budget?: number
  /** Ask for readable summaries of the reasoning. Default: as the service does. */
  readonly summary?: boolean
}

/** Options that tune an answer. A model that lacks one follows `onUnsupported`. */
export interface TuningOptions {
  /** Upper bound on the answer's tokens, reasoning included where the service counts it so. */
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly minP?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly repetitionPenalty?: number
  /** Token id (as text) to a bias added to its logit. */
  readonly logitBias?: Readonly<Record<string, number>>
  readonly seed?: number
  /** Texts that end the answer; they are not part of it. */
  readonly stop?: readonly string[]
  /** Log probabilities of this many best tokens per position, in `response.details.logprobs`; 0 gives the chosen token's alone. */
  readonly logprobs?: number
  readonly reasoning?: ReasoningOptions
  /** False: at most one tool call per answer. */
  readonly parallelToolCalls?: boolean
}

/** The name of a tuning option. */
export type Knob = keyof TuningOptions

/** What a cache does with one call. Models without a cache have no use for it. */
export interface CacheControl {
  /** False: the answer must be a new one. */
  readonly read?: boolean
  /** False: the answer is not kept. */
  readonly write?: boolean
  /** How long the answer is kept, in ms. Default: as the cache says. */
  readonly ttl?: number
  /** Answers older than this, in ms, do not count. */
  readonly maxAge?: number
  /** Only calls of the same namespace share answers. Default: the cache's. */
  readonly namespace?: string
}

/** What a verb hands to a model: checked, with defaults filled in. */
export interface TextCall extends TuningOptions {
  readonly messages: readonly Message[]
  readonly tools?: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly output?: OutputFormat
  /** A wish: the answer's content type decides how it is read. */
  readonly delivery?: 'stream' | 'whole'
  /** What wrappers tell calls apart by (a tenant, a conversation, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For `withCache`. */
  readonly cache?: CacheControl
  /** What to do about a tuning option that the model lacks. Default `warn`. */
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  /** Extra request headers; they win over the provider's. */
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body (deeply for objects): the way out for what the contract does not name. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** A way to get an object out of a model, best first in `TextSupport.output`. `prompt` always works. */
export type OutputMode = 'native' | 'tool' | 'json' | 'prompt'

/** What a model can do, as data. What is absent is not there. */
export interface TextSupport {
  /** Function tools. */
  readonly tools?: boolean
  /** How to ask for an object, in order of preference. Default `['prompt']`. */
  readonly output?: readonly OutputMode[]
  /** Media types of input files it reads, `image/*` style patterns allowed. */
  readonly files?: readonly string[]
  /** Media types of input files that the service fetches from a URL by itself. */
  readonly fileUrls?: readonly string[]
  /** It goes on writing where a last assistant message stops. */
  readonly prefill?: boolean
  /** Tuning options that it honours. */
  readonly knobs?: readonly Knob[]
}

/** A model that writes text. One function: everything else is built on it. */
export interface TextModel {
  /** Who runs it: the name of the endpoint, such as `openai`. */
  readonly provider: string
  readonly id: string
  readonly supports: TextSupport
  /**
   * Asks the model. Nothing is sent before the first `next()`; the iterable is read once and ends with one `finish`, or throws an `AnyModelError`.
   * Leaving it (`return()`) frees the connection; an abort throws `signal.reason`.
   */
  stream(call: TextCall): PartStream
}

/** What `TextModel.stream` gives: an async iterable whose iterator may hand over parts that are already there without a promise. */
export interface PartStream {
  [Symbol.asyncIterator](): PartIterator
}

/** What an iterator of parts gives. */
export type PartResult = IteratorResult<Part, unknown>

/** An async iterator of parts; any async generator is one. */
export interface PartIterator {
  next(): Promise<PartResult>
  return?(value?: unknown): Promise<PartResult>
  /**
   * Optional shortcut: the next part when it has already arrived, else `undefined` (then call `next()`). It saves a promise per part; wrappers may leave it out.
   */
  take?(): Part | undefined
}
