/** OpenAI Chat Completions: the fields we read. Services add their own and leave out others. https://platform.openai.com/docs/api-reference/chat */

export interface ChatToolCall {
  index?: number | null
  id?: string | null
  function?: { name?: string | null; arguments?: string | object | null } | null
  custom?: { name?: string | null; input?: string | null } | null
  extra_content?: object | null
}

export interface ChatContentPart {
  type: string
  text?: string
  thinking?: { type: string; text?: string }[]
}

export interface ChatMessage {
  role?: string | null
  content?: string | ChatContentPart[] | null
  refusal?: string | null
  reasoning_content?: string | null
  reasoning?: string | null
  reasoning_details?: object[] | null
  tool_calls?: ChatToolCall[] | null
  function_call?: { name?: string | null; arguments?: string | null } | null
  annotations?: { type: string; url_citation?: ChatCitation }[] | null
  audio?: { id?: string; data?: string | null; transcript?: string | null } | null
  images?: { image_url?: { url?: string } }[] | null
}

export interface ChatCitation {
  url?: string
  title?: string
  content?: string
  start_index?: number
  end_index?: number
}

export interface ChatChoice {
  index?: number | null
  delta?: ChatMessage | null
  message?: ChatMessage | null
  finish_reason?: string | null
  native_finish_reason?: string | null
  logprobs?: { content?: object[] | null } | null
  /** Old completions and some local servers. */
  text?: string | null
}

export interface ChatUsage {
  prompt_tokens?: number | null
  completion_tokens?: number | null
  total_tokens?: number | null
  prompt_tokens_details?: { cached_tokens?: number | null; cache_write_tokens?: number | null } | null
  completion_tokens_details?: { reasoning_tokens?: number | null } | null
  /** DeepSeek. */
  prompt_cache_hit_tokens?: number | null
}

/** A whole answer, or one chunk of a stream. */
export interface ChatResponse {
  id?: string | null
  model?: string | null
  choices?: ChatChoice[] | null
  usage?: ChatUsage | null
  error?: unknown
  service_tier?: string | null
  system_fingerprint?: string | null
  /** Perplexity. */
  citations?: string[] | null
  search_results?: { url?: string; title?: string }[] | null
  /** Groq reports usage here in streams. */
  x_groq?: { id?: string; usage?: ChatUsage; error?: string } | null
}
