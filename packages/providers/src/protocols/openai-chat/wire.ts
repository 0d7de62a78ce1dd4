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
  image_url?: { url?: string }
}

export interface ChatMessage {
  role?: string | null
  content?: string | ChatContentPart[] | null
  refusal?: string | null
  reasoning_content?: string | null
  reasoning?: string | null
  reasoning_details?: ChatReasoningDetail[] | null
  tool_calls?: ChatToolCall[] | null
  function_call?: { name?: string | null; arguments?: string | null } | null
  annotations?: { type: string; url_citation?: ChatCitation }[] | null
  audio?: { id?: string; data?: string | null; transcript?: string | null } | null
  /** Groq: tools that it ran itself. */
  executed_tools?: ChatExecutedTool[] | null
  images?: { image_url?: { url?: string } }[] | null
}

/** OpenRouter: reasoning as the model's maker wants it back. In streams the texts come in fragments. */
export interface ChatReasoningDetail {
  type?: string
  index?: number
  text?: string | null
  summary?: string | null
  signature?: string | null
}

export interface ChatExecutedTool {
  index?: number
  type?: string
  name?: string
  arguments?: string
  output?: string | null
  search_results?: { results?: { url?: string; title?: string; content?: string }[] } | null
}

export interface ChatCitation {
  url?: string
  title?: string
  content?: string
  start_index?: number
  end_index?: number
}

interface ChatChoice {
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
  /** DeepSeek, Together and Hugging Face, Mistral. */
  prompt_cache_hit_tokens?: number | null
  cached_tokens?: number | null
  num_cached_tokens?: number | null
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
