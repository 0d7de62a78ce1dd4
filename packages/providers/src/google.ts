import { endpoint, type ProviderOptions } from './endpoint.ts'
import { googleEmbeddingModels, googleModels } from './google-models.ts'
import type { MediaOptions } from './media/draw.ts'
import { embeddingModel, imageModel, speechModel, textModel, transcriptionModel, videoModel } from './model.ts'
import { geminiSpeech, geminiTranscription } from './protocols/gemini/audio.ts'
import { geminiImages } from './protocols/gemini/images.ts'
import { gemini, geminiEmbeddings } from './protocols/gemini/index.ts'
import { geminiVideos } from './protocols/gemini/videos.ts'

/** Google's Gemini API. https://ai.google.dev/api */
export const google = (options: ProviderOptions & MediaOptions = {}) => {
  const at = endpoint({
    provider: 'google',
    baseURL: 'https://generativelanguage.googleapis.com/v1beta',
    env: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    options,
    credential: (key) => ({ 'x-goog-api-key': key }),
  })
  const protocol = gemini({ models: googleModels })
  const embeddings = geminiEmbeddings(googleEmbeddingModels)
  return {
    text: (id: string) => textModel(at, protocol, id),
    embedding: (id: string) => embeddingModel(at, embeddings, id),
    image: (id: string) => imageModel(at, geminiImages, id, options),
    speech: (id: string) => speechModel(at, geminiSpeech, id),
    transcription: (id: string) => transcriptionModel(at, geminiTranscription, id),
    video: (id: string) => videoModel(at, geminiVideos, id, options),
  }
}
