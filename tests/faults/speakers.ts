import type { TextModel } from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { google } from '@anymodel/providers/google'
import { ollama } from '@anymodel/providers/ollama'
import { openai } from '@anymodel/providers/openai'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'

const apiKey = 'sk-0123456789abcdefghijklmn'

/** A model of the server at `url` in each protocol. */
export const speakers: Readonly<Record<string, (url: string, model: string) => TextModel>> = {
  'openai-chat': (url, model) => openaiCompatible({ name: 'house', baseURL: `${url}/v1`, apiKey }).text(model),
  'openai-responses': (url, model) => openai({ baseURL: `${url}/v1`, apiKey }).text(model),
  'anthropic-messages': (url, model) => anthropic({ baseURL: `${url}/v1`, apiKey }).text(model),
  'ollama-chat': (url, model) => ollama({ baseURL: url }).text(model),
  gemini: (url, model) => google({ baseURL: `${url}/v1beta`, apiKey }).text(model),
}
