import type { ErrorCode } from '../errors.ts'
import type { Json } from './json.ts'
import type { Opaque, SourceContent } from './message.ts'
import type { Usage } from './usage.ts'

/** A fragment of the answer's text. A part with `opaque` (its text may be empty) ends the text block it belongs to. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly opaque?: Opaque
}

/** A fragment of the model's reasoning. A part with `opaque` (its text may be empty) ends the reasoning block it belongs to. */
export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
  readonly opaque?: Opaque
}

/** A fragment of a tool call: `input` is a piece of one JSON text, parts with the same id are the same call. */
export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly input: string
  readonly byProvider?: boolean
  readonly opaque?: Opaque
}

/** A tool's result: of a tool that the provider runs itself, or (from the verbs) of one of yours. */
export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly id: string
  readonly name: string
  readonly output: unknown
  readonly isError?: boolean
  readonly byProvider?: boolean
  readonly opaque?: Opaque
}

export type SourcePart = SourceContent

/** A file in the answer: an image drawn in chat, audio, a chart from code execution. */
export interface FilePart {
  readonly type: 'file'
  readonly mediaType: string
  readonly data: Uint8Array
  readonly opaque?: Opaque
}

/** One thing that was asked for and could not be honoured as asked. */
export interface Warning {
  /** The option or feature, such as `topK` or `tools.search`. */
  readonly option: string
  readonly message: string
}

/** One request to one model: how it ended. */
export interface Attempt {
  readonly provider: string
  readonly model: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Milliseconds from the start to the first content. */
  readonly firstContentMs?: number | undefined
  /** Milliseconds from the start to the end. */
  readonly durationMs?: number | undefined
  readonly outcome: 'ok' | ErrorCode
  /** Message of the error that ended it, with secrets removed. */
  readonly error?: string
  /** Usage known of this attempt. Of failed attempts it is not part of the result's usage. */
  readonly usage?: Usage
  /** `usage` is what the request is thought to have put in: it was given up before the service said anything. */
  readonly isEstimate?: true
}

/** What happened on the way, never content: a parameter that was dropped, a retry, a failover. */
export type NoticePart =
  | { readonly type: 'notice'; readonly kind: 'warning'; readonly message: string; readonly warning: Warning }
  | {
      readonly type: 'notice'
      readonly kind: 'retry' | 'failover'
      readonly message: string
      /** The attempt that failed. */
      readonly attempt: Attempt
      /** Milliseconds until the next attempt. */
      readonly delayMs: number
    }
  /** Two models were asked at once: the attempt is the one that did not answer first. */
  | { readonly type: 'notice'; readonly kind: 'hedge'; readonly message: string; readonly attempt: Attempt }
  /** The answer did not fit the schema: the model is asked again, and the next answer stands in for all of this one. */
  | {
      readonly type: 'notice'
      readonly kind: 'reask'
      readonly message: string
      readonly issues: readonly { readonly path: string; readonly message: string }[]
    }
  /** The answer begins anew: all content since the last `finish` is void, of its text `discardChars` UTF-16 code units. */
  | { readonly type: 'notice'; readonly kind: 'reset'; readonly message: string; readonly discardChars: number }
  /** The request went out on a connection, the response's headers came, or the peer sent a sign of life without content (a comment, a ping). */
  | { readonly type: 'notice'; readonly kind: 'connected' | 'headers' | 'alive'; readonly message: string }

/**
 * Why the answer ended. `stop`: by itself or at a stop string. `length`: token limit or context window. `tool-calls`: it wants tools run. `content-filter`: the service blocked it.
 * `refusal`: the model declined, the text says why. `pause`: a provider-side loop wants the turn sent back to go on. `other`: see `response.rawReason`.
 */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'other'

/** Says that an answer was not asked for anew: its usage is 0. */
export interface CachedInfo {
  /** `exact`: to the same call. `semantic`: to one that means the same. `in-flight`: to the same call, at the same time. */
  readonly by: 'exact' | 'semantic' | 'in-flight'
  /** What it used when it was asked for. */
  readonly usage: Usage
  /** When it was made, in milliseconds since the epoch. */
  readonly madeAt: number
  /** Cosine of the two texts, for `semantic`. */
  readonly similarity?: number
}

/** What the service says about its answer. */
export interface ResponseInfo {
  readonly provider: string
  /** The model that answered, as the service names it. */
  readonly model: string
  readonly id?: string | undefined
  /** The service's request id, for support. */
  readonly requestId?: string | undefined
  /** Response headers, lower-case names; absent for local models. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Set by `withCache` on answers that come from there. */
  readonly cached?: CachedInfo | undefined
  /** The finish reason in the service's words. */
  readonly rawReason?: string | undefined
  /** What has no portable name: service tier, safety ratings, log probabilities, grounding metadata. */
  readonly details?: { readonly [key: string]: Json | undefined } | undefined
}

/** The last part of every whole answer. */
export interface FinishPart {
  readonly type: 'finish'
  readonly reason: FinishReason
  readonly usage: Usage
  readonly response: ResponseInfo
}

/** One step of an answer in the making. A stream of parts ends with one `finish`, or throws. */
export type Part =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | SourcePart
  | FilePart
  | NoticePart
  | FinishPart
