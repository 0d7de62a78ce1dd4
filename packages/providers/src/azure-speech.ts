import { endpoint, type ProviderOptions } from './endpoint.ts'
import { speechModel } from './model.ts'
import { azureSpeechProtocol } from './protocols/azure-speech/index.ts'

export interface AzureSpeechOptions extends ProviderOptions {
  /** Where the resource is, such as `westeurope`. Default: `AZURE_SPEECH_REGION`, else `eastus`. */
  readonly region?: string
}

/** Azure AI Speech: a model is a voice, such as `en-US-AvaMultilingualNeural`. Key: `AZURE_SPEECH_KEY`. https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech */
export const azureSpeech = ({
  region = process.env.AZURE_SPEECH_REGION || 'eastus',
  ...options
}: AzureSpeechOptions = {}) => {
  const at = endpoint({
    provider: 'azure-speech',
    baseURL: `https://${region}.tts.speech.microsoft.com`,
    env: 'AZURE_SPEECH_KEY',
    options,
    credential: (key) => ({ 'ocp-apim-subscription-key': key }),
  })
  return { speech: (id: string) => speechModel(at, azureSpeechProtocol, id) }
}
