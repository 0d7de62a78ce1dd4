import type { SpeechProtocol } from '../../protocol.ts'

/** Text to speech of Azure AI Speech; a model is a voice. https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech */
export const azureSpeechProtocol: SpeechProtocol = {
  supports: () => ({ knobs: ['voice', 'speed', 'language', 'format'] }),
  load: async () => (await import('./speech.ts')).azureSpeechFormat,
}
