import type { JsonObject } from '@anymodel/core'

/** A job of `/videos`, at OpenAI, Together or OpenRouter. https://platform.openai.com/docs/api-reference/videos */
export interface VideoJobBody {
  readonly id?: string
  readonly model?: string
  readonly status?: string
  /** Percent. */
  readonly progress?: number | null
  readonly seconds?: string | null
  readonly size?: string | null
  readonly error?: { readonly code?: string; readonly message?: string } | string | null
  /** Together. */
  readonly outputs?: { readonly video_url?: string; readonly cost?: number } | null
  /** OpenRouter: one for each video; the bytes are at `/content`. */
  readonly unsigned_urls?: readonly string[]
  readonly usage?: JsonObject | null
}
