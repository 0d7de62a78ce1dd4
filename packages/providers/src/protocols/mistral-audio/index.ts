import type { SpeechProtocol, TranscriptionProtocol } from '../../protocol.ts'

/** Mistral's `/audio/speech`. https://docs.mistral.ai/api */
export const mistralSpeech: SpeechProtocol = {
  supports: () => ({ knobs: ['voice', 'format'] }),
  load: async () => (await import('./speech.ts')).mistralSpeechFormat,
}

/** Mistral's `/audio/transcriptions` (Voxtral). https://docs.mistral.ai/api */
export const mistralTranscription: TranscriptionProtocol = {
  supports: () => ({ knobs: ['language', 'words', 'speakers', 'temperature'] }),
  load: async () => (await import('./transcription.ts')).mistralTranscriptionFormat,
}
