import { endpoint, type ProviderOptions } from './endpoint.ts'
import { codeModel, embeddingModel, speechModel, textModel, transcriptionModel } from './model.ts'
import { completionsFill } from './protocols/fill/index.ts'
import { mistralSpeech, mistralTranscription } from './protocols/mistral-audio/index.ts'
import { commonKnobs, type ModelRule, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'

const models: readonly ModelRule[] = [
  { match: /^(?:magistral|ministral|codestral|devstral|pixtral|open-|voxtral)/, efforts: [] },
  { match: /^mistral-/, efforts: ['none', 'high'] },
]

/** Mistral. Key: `MISTRAL_API_KEY`. https://docs.mistral.ai/api */
export const mistral = (options: ProviderOptions = {}) => {
  const at = endpoint({ provider: 'mistral', baseURL: 'https://api.mistral.ai/v1', env: 'MISTRAL_API_KEY', options })
  const chat = openaiChat({
    knobs: {
      ...commonKnobs,
      seed: 'random_seed',
      reasoning: 'reasoning_effort',
      parallelToolCalls: 'parallel_tool_calls',
    },
    replay: 'thinking',
    toolIds: 'nine',
    toolFiles: 'inside',
    documents: 'document_url',
    streamUsage: false,
    models,
  })
  const embeddings = openaiEmbeddings({ dimensions: 'output_dimension', base64: false })
  const fill = completionsFill({
    path: '/fim/completions',
    knobs: { temperature: 'temperature', topP: 'top_p', seed: 'random_seed', stop: 'stop' },
    streamUsage: false,
  })
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    code: (id: string) => codeModel(at, fill, id),
    speech: (id: string) => speechModel(at, mistralSpeech, id),
    transcription: (id: string) => transcriptionModel(at, mistralTranscription, id),
  }
}
