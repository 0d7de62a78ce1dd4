import type { Json } from './json.ts'

/**
 * What a provider wants back verbatim: thinking signatures, item ids, encrypted reasoning. It goes back to the same provider and is dropped for any other.
 */
export interface Opaque {
  readonly provider: string
  readonly data: Json
}

/** Marks the end of a prefix that the service should cache. `ttl` in seconds; services round it to what they offer. */
export interface CacheHint {
  readonly ttl?: number
}

/** What every piece of message content may carry. */
export interface ContentExtras {
  readonly opaque?: Opaque
  readonly cache?: CacheHint
}

export interface TextContent extends ContentExtras {
  readonly type: 'text'
  readonly text: string
}

/** Thinking of the model. Sent back only to the provider that wrote it. */
export interface ReasoningContent extends ContentExtras {
  readonly type: 'reasoning'
  readonly text: string
}

/** An image, a sound, a document: its bytes in base64, or a URL that the service fetches itself. Exactly one of the two is set. */
export interface FileContent extends ContentExtras {
  readonly type: 'file'
  /** IANA media type, such as `image/png`. */
  readonly mediaType: string
  /** Bytes in base64. */
  readonly data?: string
  readonly url?: string
  readonly name?: string
}

/** A finished tool call. `input` is the JSON text as the model wrote it. */
export interface ToolCallContent extends ContentExtras {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly input: string
  /** True when the provider runs the tool itself; its result stands in the same assistant message. */
  readonly byProvider?: boolean
}

/** What a tool gave back. `output` is text, any JSON value, or (`content`) text and files for models that can read them. */
export interface ToolResultContent extends ContentExtras {
  readonly type: 'tool-result'
  readonly id: string
  readonly name: string
  readonly output: Json
  readonly content?: readonly (TextContent | FileContent)[]
  readonly isError?: boolean
  readonly byProvider?: boolean
}

/** Where something in the answer comes from. */
export interface SourceContent extends ContentExtras {
  readonly type: 'source'
  readonly url?: string
  readonly title?: string
  /** The passage that is cited, word for word, where the service gives it. */
  readonly quote?: string
  /** Range in the text block that this source supports, in UTF-16 code units, where the service gives it. */
  readonly start?: number
  readonly end?: number
}

export interface SystemMessage {
  readonly role: 'system'
  readonly content: string
  readonly cache?: CacheHint
}

export interface UserMessage {
  readonly role: 'user'
  readonly content: string | readonly (TextContent | FileContent)[]
}

export type AssistantContent =
  | TextContent
  | ReasoningContent
  | FileContent
  | ToolCallContent
  | ToolResultContent
  | SourceContent

export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: string | readonly AssistantContent[]
}

/** The results of the tool calls in the assistant message before it. */
export interface ToolMessage {
  readonly role: 'tool'
  readonly content: readonly ToolResultContent[]
}

/** One turn of a conversation: plain JSON, so that it can be stored anywhere and continued with any provider. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage
