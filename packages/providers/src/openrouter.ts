import type { ImageSupport } from '@anymodel/core'
import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { embeddingModel, imageModel, speechModel, textModel, transcriptionModel, videoModel } from './model.ts'
import type { TextProtocol } from './protocol.ts'
import {
  openaiSpeech,
  openaiTranscription,
  type SpeechRule,
  type TranscriptionRule,
} from './protocols/openai-audio/index.ts'
import { type ModelRule, openaiChat, openaiDialect, openaiEmbeddings } from './protocols/openai-chat/index.ts'
import { type ImagesDialect, openaiImages } from './protocols/openai-images/index.ts'
import { openrouterVideos } from './protocols/openai-videos/index.ts'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const
const models: readonly ModelRule[] = [
  { match: /^(?:anthropic|google|qwen)\//, efforts, cache: 'cache_control' },
  { match: /^openai\/gpt-(?:5\.[6-9]|[6-9])/, efforts, cache: 'prompt_cache_breakpoint' },
  { match: /./, efforts },
]

const support: ImageSupport = {
  images: 16,
  knobs: ['size', 'aspectRatio', 'seed', 'quality', 'background', 'format'],
}

/** https://openrouter.ai/docs/api-reference/images: what a model lacks of this, the service leaves out. */
const pictures: ImagesDialect = {
  models: [
    { match: /^openai\//, supports: { ...support, previews: true } },
    { match: /./, supports: support },
  ],
  path: '/images',
  names: { aspectRatio: 'aspect_ratio' },
  inputs: 'input_references',
  previews: 'any',
}

const speakers: readonly SpeechRule[] = [{ match: /./, supports: { knobs: ['voice', 'speed', 'format'] } }]

/** Times are a matter of some makers alone. */
const listeners: readonly TranscriptionRule[] = [
  { match: /whisper/, supports: { knobs: ['language', 'words', 'temperature'] }, format: 'verbose_json' },
  { match: /./, supports: { knobs: ['language', 'temperature'] } },
]

/** Chat models that draw do so when they are asked for pictures too. */
const drawing = (chat: TextProtocol): TextProtocol => ({
  ...chat,
  request(call, target) {
    const wire = chat.request(call, target)
    return { ...wire, body: { ...wire.body, modalities: ['image', 'text'] } }
  },
})

/** OpenRouter. Key: `OPENROUTER_API_KEY`. Routing (`provider`, `models`, `plugins`) goes through `extra`. https://openrouter.ai/docs/api-reference */
export const openrouter = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'openrouter',
    baseURL: 'https://openrouter.ai/api/v1',
    env: 'OPENROUTER_API_KEY',
    options,
  })
  const chat = openaiChat({
    knobs: {
      ...openaiDialect.knobs,
      topK: 'top_k',
      minP: 'min_p',
      repetitionPenalty: 'repetition_penalty',
      reasoning: 'reasoning',
    },
    replay: 'reasoning_details',
    models,
  })
  const draws = drawing(chat)
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  return {
    text: (id: string) => textModel(at, /-image\b|nano-banana/.test(id) ? draws : chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    image: (id: string) => imageModel(at, openaiImages(pictures), id, options),
    speech: (id: string) => speechModel(at, openaiSpeech(speakers), id),
    transcription: (id: string) => transcriptionModel(at, openaiTranscription(listeners), id),
    video: (id: string) => videoModel(at, openrouterVideos, id, options),
  }
}
