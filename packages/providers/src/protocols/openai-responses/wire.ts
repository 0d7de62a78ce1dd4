/** OpenAI Responses: the fields we read. https://platform.openai.com/docs/api-reference/responses */

export interface ResponsesAnnotation {
  type: string
  url?: string
  title?: string
  filename?: string
  file_id?: string
  start_index?: number
  end_index?: number
}

export interface ResponsesContent {
  type: string
  text?: string
  refusal?: string
  annotations?: ResponsesAnnotation[] | null
  logprobs?: object[] | null
}

/** One item of the output. Which fields are there depends on `type`. */
export interface ResponsesItem {
  type: string
  id?: string | null
  call_id?: string | null
  name?: string
  /** JSON text of function calls; an object in tool searches. */
  arguments?: string | object
  /** Free text of custom tools. */
  input?: string
  namespace?: string
  phase?: string | null
  content?: ResponsesContent[] | null
  summary?: { text?: string }[] | null
  encrypted_content?: string | null
  status?: string | null
  /** Web searches, computer use, shells. */
  action?: { sources?: unknown } | null
  queries?: unknown
  results?: unknown
  code?: string | null
  container_id?: string
  outputs?: unknown
  output?: unknown
  error?: unknown
  server_label?: string
  tools?: unknown
  execution?: string
  operation?: unknown
  pending_safety_checks?: unknown
  /** A drawn image, in base64. */
  result?: string | null
  revised_prompt?: string | null
  output_format?: string
}

export interface ResponsesUsage {
  input_tokens?: number | null
  input_tokens_details?: { cached_tokens?: number | null; cache_write_tokens?: number | null } | null
  output_tokens?: number | null
  output_tokens_details?: { reasoning_tokens?: number | null } | null
  total_tokens?: number | null
}

/** A whole answer; also part of the first and the last event of a stream. */
export interface ResponsesBody {
  id?: string | null
  object?: string
  model?: string | null
  status?: string | null
  output?: ResponsesItem[] | null
  error?: unknown
  incomplete_details?: { reason?: string | null } | null
  usage?: ResponsesUsage | null
  service_tier?: string | null
}

/** One event of a stream. */
export interface ResponsesEvent {
  type?: string
  delta?: string
  output_index?: number
  item_id?: string
  /** Paragraphs of a reasoning summary, or parts of a reasoning text. */
  summary_index?: number
  content_index?: number
  item?: ResponsesItem
  response?: ResponsesBody
  error?: unknown
}
