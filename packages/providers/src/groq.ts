import { endpoint, type ProviderOptions } from './endpoint.ts'
import { speechModel, textModel, transcriptionModel } from './model.ts'
import {
  openaiSpeech,
  openaiTranscription,
  type SpeechRule,
  type TranscriptionRule,
  whisper,
} from './protocols/openai-audio/index.ts'
import { commonKnobs, type ModelRule, openaiChat } from './protocols/openai-chat/index.ts'

const models: readonly ModelRule[] = [
  { match: /gpt-oss/, efforts: ['low', 'medium', 'high'] },
  { match: /qwen/, efforts: ['none', 'default'] },
  { match: /llama/, efforts: [] },
]

const listeners: readonly TranscriptionRule[] = [
  { match: /turbo/, supports: { knobs: ['language', 'prompt', 'words', 'temperature'] }, format: 'verbose_json' },
  ...whisper,
]

const speakers: readonly SpeechRule[] = [{ match: /./, supports: { knobs: ['voice', 'format'] } }]

/** Groq. Key: `GROQ_API_KEY`. https://console.groq.com/docs/api-reference */
export const groq = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'groq', baseURL: 'https://api.groq.com/openai/v1', env: 'GROQ_API_KEY', options })
  const protocol = openaiChat({
    maxTokens: 'max_completion_tokens',
    knobs: { ...commonKnobs, reasoning: 'reasoning_effort', parallelToolCalls: 'parallel_tool_calls' },
    files: ['image/*'],
    models,
  })
  return {
    text: (id: string) => textModel(at, protocol, id),
    speech: (id: string) => speechModel(at, openaiSpeech(speakers), id),
    transcription: (id: string) => transcriptionModel(at, openaiTranscription(listeners), id),
  }
}
