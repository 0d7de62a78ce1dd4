import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import {
  codeModel,
  embeddingModel,
  imageModel,
  speechModel,
  textModel,
  transcriptionModel,
  videoModel,
} from './model.ts'
import { completionsFill } from './protocols/fill/index.ts'
import { openaiSpeech, openaiTranscription, plainSpeech, whisper } from './protocols/openai-audio/index.ts'
import { type ChatDialect, openaiChat, openaiEmbeddings } from './protocols/openai-chat/index.ts'
import { type ImagesDialect, openaiImageModels, openaiImages } from './protocols/openai-images/index.ts'
import { openaiVideos } from './protocols/openai-videos/index.ts'

/** A server that speaks OpenAI's Chat Completions: where it is, how its key is found, and how its dialect differs. */
export interface CompatibleOptions extends ProviderOptions, MediaOptions, Partial<ChatDialect> {
  /** Name in errors and results. */
  readonly name: string
  /** Up to and without `/chat/completions`. */
  readonly baseURL: string
  /** Environment variable of the key. Without it and without `apiKey`, no key is sent. */
  readonly env?: string
}

/**
 * Any server with the API of OpenAI's Chat Completions.
 *
 * ```ts
 * const model = openaiCompatible({ name: 'house', baseURL: 'http://gpu1:8000/v1' }).text('llama-4-scout')
 * ```
 */
export const openaiCompatible = ({
  name,
  env,
  baseURL,
  apiKey,
  headers,
  dispatcher,
  fetch,
  http2,
  jobs,
  downloads,
  ...dialect
}: CompatibleOptions) => {
  const transport = { ...(dispatcher ? { dispatcher } : {}), ...(fetch ? { fetch } : {}), ...(http2 ? { http2 } : {}) }
  const options = { baseURL, ...transport, ...(apiKey ? { apiKey } : {}), ...(headers ? { headers } : {}) }
  const at = endpoint({ provider: name, baseURL, ...(env ? { env } : {}), options })
  const media: MediaOptions = { ...(jobs && { jobs }), ...(downloads && { downloads }) }
  const chat = openaiChat(dialect)
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: false })
  return {
    text: (id: string) => textModel(at, chat, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    /** `/completions` with a `suffix`; `input: 'prompt'` for servers that take a prompt alone, which is written in the words of the model's family. */
    code: (id: string, { input = 'suffix' }: { readonly input?: 'suffix' | 'prompt' } = {}) =>
      codeModel(at, completionsFill({ input }), id),
    /** `/audio/speech`. */
    speech: (id: string) => speechModel(at, openaiSpeech(plainSpeech), id),
    /** `/audio/transcriptions` with times, as Whisper answers. */
    transcription: (id: string) => transcriptionModel(at, openaiTranscription(whisper), id),
    /** `/images/generations`, as OpenAI's models take it unless a dialect says otherwise. */
    image: (id: string, pictures: ImagesDialect = openaiImageModels) =>
      imageModel(at, openaiImages(pictures), id, media),
    /** `/videos`, as OpenAI's Sora took it. */
    video: (id: string) => videoModel(at, openaiVideos, id, media),
  }
}
