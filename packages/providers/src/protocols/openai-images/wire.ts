import type { Json } from '@anymodel/core'

/** An answer of `/images/generations` and `/images/edits`. https://platform.openai.com/docs/api-reference/images */
export interface ImagesResponse {
  readonly data?: readonly {
    readonly b64_json?: string | null
    readonly url?: string | null
    readonly revised_prompt?: string | null
    readonly mime_type?: string | null
    /** OpenRouter. */
    readonly media_type?: string
    readonly seed?: number | null
  }[]
  readonly output_format?: string | null
  readonly usage?: ImagesUsage | null
  readonly id?: string
  readonly model?: string
  readonly error?: unknown
}

export interface ImagesUsage {
  readonly input_tokens?: number
  readonly output_tokens?: number
  readonly total_tokens?: number
  /** OpenRouter. */
  readonly prompt_tokens?: number
  readonly completion_tokens?: number
  readonly [key: string]: Json | undefined
}

/** `image_generation.*` and `image_edit.*` of a stream. */
export interface ImagesEvent {
  readonly type?: string
  readonly b64_json?: string
  readonly partial_image_index?: number
  readonly output_format?: string
  readonly media_type?: string
  readonly usage?: ImagesUsage | null
  readonly error?: unknown
}
