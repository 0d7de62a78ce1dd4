import { endpoint, type ProviderOptions } from './endpoint.ts'
import { googleEmbeddingModels, googleModels } from './google-models.ts'
import { embeddingModel, textModel } from './model.ts'
import { gemini, geminiEmbeddings } from './protocols/gemini/index.ts'

/** Google's Gemini API. https://ai.google.dev/api */
export const google = (options: ProviderOptions = {}) => {
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
  }
}
