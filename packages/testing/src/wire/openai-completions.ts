import type { Json, JsonObject, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { type FillWire, fillReasons, needsTexts, textsOf } from './fill-wire.ts'
import { openaiChatWire } from './openai-chat.ts'
import { jsonEvent, totalOf, type WireEvent } from './wire.ts'

const gap = ({ prompt, suffix = '' }: JsonObject) => ({ prefix: String(prompt), suffix: String(suffix) })

/** OpenAI's old `/completions` with a `suffix`, as DeepSeek, Ollama, vLLM and others write it. https://platform.openai.com/docs/api-reference/completions */
export const openaiCompletionsWire: FillWire = {
  name: 'openai-completions',
  serves: (path) => path.endsWith('/completions') && !path.endsWith('/chat/completions'),
  wantsStream: (body) => body.stream === true,
  refuse,
  gap,
  events,
  whole: (script) => whole(script),
  error: openaiChatWire.error,
  errorEvent: openaiChatWire.errorEvent,
  reasons: [...fillReasons, 'content-filter'],
  codes: openaiChatWire.codes,
}

/** Mistral's `/fim/completions`: asked like completions, answered like a chat. https://docs.mistral.ai/api/endpoint/fim */
export const mistralFimWire: FillWire = {
  ...openaiChatWire,
  name: 'mistral-fim',
  serves: (path) => path.endsWith('/fim/completions'),
  refuse,
  gap,
  events: (script) => openaiChatWire.events(onlyTexts(script)),
  whole: (script, body) => openaiChatWire.whole(onlyTexts(script), body),
  reasons: fillReasons,
}

const onlyTexts = (script: Script): Script => ({
  ...script,
  content: script.content.filter(({ type }) => type === 'text'),
})

function refuse(body: JsonObject): string | undefined {
  if (body.suffix !== undefined && typeof body.suffix !== 'string') return 'suffix must be a text'
  if (body.max_tokens !== undefined && !(Number(body.max_tokens) > 0)) return 'max_tokens must be above 0'
  return needsTexts(body, 'model', 'prompt')
}

const head = ({ response }: Script) => ({
  id: response.id ?? 'cmpl-1',
  object: 'text_completion',
  created: 1_700_000_000,
  model: response.model ?? 'served-model',
})

const reasonOf = ({ reason, response }: Script): string => response.rawReason ?? reason.replace('-', '_')

function events(script: Script): WireEvent[] {
  const chunk = (text: string, finish_reason: string | null) => ({
    ...head(script),
    choices: [{ index: 0, text, logprobs: null, finish_reason }],
  })
  const { usage } = script
  return [
    ...textsOf(script).map((text) => jsonEvent(chunk(text, null))),
    jsonEvent(chunk('', reasonOf(script)), undefined, true),
    ...(usage ? [jsonEvent({ ...head(script), choices: [], usage: toUsage(usage) }, undefined, true)] : []),
    { data: '[DONE]', terminal: true },
  ]
}

function whole(script: Script): Json {
  const text = textsOf(script).join('')
  return {
    ...head(script),
    choices: [{ index: 0, text, logprobs: null, finish_reason: reasonOf(script) }],
    ...(script.usage ? { usage: toUsage(script.usage) } : {}),
  } as Json
}

const toUsage = (usage: Usage) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: totalOf(usage),
})
