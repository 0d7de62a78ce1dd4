import type { TextModel } from '@anymodel/core'
import { anthropic } from '@anymodel/providers/anthropic'
import { deepseek } from '@anymodel/providers/deepseek'
import { google } from '@anymodel/providers/google'
import { groq } from '@anymodel/providers/groq'
import { mistral } from '@anymodel/providers/mistral'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { xai } from '@anymodel/providers/xai'

/** What a provider function needs here. */
interface SpeakerOptions {
  readonly apiKey: string
  readonly baseURL: string
  readonly fetch: typeof globalThis.fetch
}

/** One way to write requests. */
export interface Speaker {
  readonly model: (options: SpeakerOptions) => TextModel
  /** The type of its bodies in the service's own SDK: the module and the name in it. */
  readonly type?: readonly [module: string, name: string]
}

/** Everyone whose bodies stand side by side in the golden files, in that order. */
export const speakers: Readonly<Record<string, Speaker>> = {
  'openai-responses': {
    model: (options) => openai(options).text('gpt-6-luna'),
    type: ['openai/resources/responses/responses', 'ResponseCreateParams'],
  },
  'openai-responses (xai)': {
    model: (options) => xai(options).text('grok-4.3'),
    type: ['openai/resources/responses/responses', 'ResponseCreateParams'],
  },
  'openai-chat': {
    model: (options) => openai(options).chat('gpt-4.1'),
    type: ['openai/resources/chat/completions', 'ChatCompletionCreateParams'],
  },
  'openai-chat (reasoning model)': {
    model: (options) => openai(options).chat('gpt-5-mini'),
    type: ['openai/resources/chat/completions', 'ChatCompletionCreateParams'],
  },
  'openai-chat (mistral)': { model: (options) => mistral(options).text('mistral-medium-latest') },
  'openai-chat (deepseek)': { model: (options) => deepseek(options).text('deepseek-v4-pro') },
  'openai-chat (groq)': { model: (options) => groq(options).text('openai/gpt-oss-120b') },
  'openai-chat (openrouter)': { model: (options) => openrouter(options).text('anthropic/claude-sonnet-5') },
  'anthropic-messages': {
    model: (options) => anthropic(options).text('claude-sonnet-5'),
    type: ['@anthropic-ai/sdk/resources/messages', 'MessageCreateParams'],
  },
  'anthropic-messages (thinks within a budget)': {
    model: (options) => anthropic(options).text('claude-haiku-4-5'),
    type: ['../../../protocols/messages-body.js', 'OlderMessagesBody'],
  },
  gemini: {
    model: (options) => google(options).text('gemini-4-argon'),
    type: ['../../../protocols/gemini-body.js', 'GeminiBody'],
  },
  'gemini (thinks within a budget)': {
    model: (options) => google(options).text('gemini-2.5-flash'),
    type: ['../../../protocols/gemini-body.js', 'GeminiBody'],
  },
}
