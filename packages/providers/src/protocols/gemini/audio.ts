import type { SpeechProtocol, TranscriptionProtocol } from '../../protocol.ts'

/** Gemini's models that speak (`...-tts`). https://ai.google.dev/gemini-api/docs/speech-generation */
export const geminiSpeech: SpeechProtocol = {
  supports: () => ({ knobs: ['voice', 'language', 'instructions', 'format', 'seed'] }),
  load: async () => (await import('./speech-format.ts')).geminiSpeechFormat,
}

/** Gemini's models that hear, asked to write down what is spoken; without times. https://ai.google.dev/gemini-api/docs/audio */
export const geminiTranscription: TranscriptionProtocol = {
  supports: () => ({ knobs: ['language', 'prompt', 'task', 'temperature'] }),
  load: async () => (await import('./transcription-format.ts')).geminiTranscriptionFormat,
}
