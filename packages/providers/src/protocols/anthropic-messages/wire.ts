/** Anthropic Messages: the fields we read. https://platform.claude.com/docs/en/api/messages */

export interface WireCitation {
  type: string
  cited_text?: string | null
  url?: string
  title?: string | null
  document_title?: string | null
  /** Of search results that were given with the request. */
  source?: string
}

/** One block of the answer. Which fields are there depends on `type`. */
export interface WireBlock {
  type: string
  text?: string
  citations?: WireCitation[] | null
  thinking?: string
  signature?: string
  id?: string
  name?: string
  input?: unknown
  tool_use_id?: string
  /** Results of tools that the service ran; the summary of a compaction. */
  content?: unknown
  is_error?: boolean
}

export interface WireDelta {
  type?: string
  text?: string
  thinking?: string
  signature?: string
  partial_json?: string
  citation?: WireCitation
  content?: unknown
}

export interface WireUsage {
  /** Without what came from the cache or went into it. */
  input_tokens?: number | null
  cache_read_input_tokens?: number | null
  cache_creation_input_tokens?: number | null
  output_tokens?: number | null
  output_tokens_details?: { thinking_tokens?: number | null } | null
  service_tier?: string | null
}

/** How an answer ended. */
export interface WireEnd {
  stop_reason?: string | null
  stop_sequence?: string | null
  stop_details?: unknown
  container?: unknown
}

/** A whole answer; also part of the first event of a stream. */
export interface WireMessage extends WireEnd {
  id?: string
  type?: string
  model?: string
  content?: WireBlock[]
  usage?: WireUsage | null
  context_management?: unknown
  error?: unknown
}

/** One event of a stream. */
export interface WireEvent {
  type?: string
  message?: WireMessage
  index?: number
  content_block?: WireBlock
  delta?: WireDelta & WireEnd
  usage?: WireUsage | null
  context_management?: unknown
  error?: unknown
}
