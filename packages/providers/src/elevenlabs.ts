import { endpoint, type ProviderOptions } from './endpoint.ts'
import { speechModel, transcriptionModel } from './model.ts'
import { elevenlabsSpeech, elevenlabsTranscription } from './protocols/elevenlabs/index.ts'

/** ElevenLabs. A `voice` is the id of one. Key: `ELEVENLABS_API_KEY`. https://elevenlabs.io/docs/api-reference */
export const elevenlabs = (options: ProviderOptions = {}) => {
  const at = endpoint({
    provider: 'elevenlabs',
    baseURL: 'https://api.elevenlabs.io',
    env: 'ELEVENLABS_API_KEY',
    options,
    credential: (key) => ({ 'xi-api-key': key }),
  })
  return {
    speech: (id: string) => speechModel(at, elevenlabsSpeech, id),
    transcription: (id: string) => transcriptionModel(at, elevenlabsTranscription, id),
  }
}
