import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { embeddingModel, imageModel, speechModel, textModel, transcriptionModel, videoModel } from './model.ts'
import { openaiModels } from './openai-models.ts'
import { openaiListeners, openaiSpeech, openaiTranscription, openaiVoices } from './protocols/openai-audio/index.ts'
import { openaiChat, openaiDialect, openaiEmbeddings } from './protocols/openai-chat/index.ts'
import { openaiImageModels, openaiImages } from './protocols/openai-images/index.ts'
import { openaiResponses } from './protocols/openai-responses/index.ts'
import { openaiVideos, retiredVideos } from './protocols/openai-videos/index.ts'

export interface OpenAIOptions extends ProviderOptions, MediaOptions {
  /** Whom to bill, for keys that belong to several organizations. Default: `OPENAI_ORG_ID`. */
  readonly organization?: string
  /** The project to count the usage to. Default: `OPENAI_PROJECT_ID`. */
  readonly project?: string
}

/**
 * OpenAI. Key: `OPENAI_API_KEY`. `text` speaks Responses, `chat` speaks Chat Completions. https://platform.openai.com/docs/api-reference
 */
export const openai = (options: OpenAIOptions = {}) => {
  const { organization = process.env.OPENAI_ORG_ID, project = process.env.OPENAI_PROJECT_ID, ...rest } = options
  const headers = {
    ...(organization ? { 'openai-organization': organization } : {}),
    ...(project ? { 'openai-project': project } : {}),
    ...rest.headers,
  }
  const baseURL = 'https://api.openai.com/v1'
  const at = endpoint({
    provider: 'openai',
    baseURL,
    env: 'OPENAI_API_KEY',
    options: { ...rest, headers },
  })
  const responses = openaiResponses({ models: openaiModels })
  const chat = openaiChat({ ...openaiDialect, models: openaiModels })
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: true, maxBatch: 2048 })
  const films = at.baseURL === baseURL ? retiredVideos : openaiVideos
  return {
    text: (id: string) => textModel(at, responses, id),
    chat: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    image: (id: string) => imageModel(at, openaiImages(openaiImageModels), id, options),
    video: (id: string) => videoModel(at, films, id, options),
    speech: (id: string) => speechModel(at, openaiSpeech(openaiVoices), id),
    transcription: (id: string) => transcriptionModel(at, openaiTranscription(openaiListeners), id),
  }
}
