import { endpoint, type ProviderOptions } from './endpoint.ts'
import { speechModel, transcriptionModel } from './model.ts'
import { deepgramSpeech, deepgramTranscription } from './protocols/deepgram/index.ts'

/** Deepgram: `aura-2-thalia-en` and the like speak, `nova-3` and the like listen. Its further options go through `extra` into the query. Key: `DEEPGRAM_API_KEY`. https://developers.deepgram.com/reference */
export const deepgram = (options: ProviderOptions = {}) => {
  const at = endpoint({
    provider: 'deepgram',
    baseURL: 'https://api.deepgram.com',
    env: 'DEEPGRAM_API_KEY',
    options,
    credential: (key) => ({ authorization: `Token ${key}` }),
  })
  return {
    speech: (id: string) => speechModel(at, deepgramSpeech, id),
    transcription: (id: string) => transcriptionModel(at, deepgramTranscription, id),
  }
}
