import type { SpeechProtocol, TranscriptionProtocol } from '../../protocol.ts'

/** ElevenLabs' text to speech. https://elevenlabs.io/docs/api-reference/text-to-speech/stream */
export const elevenlabsSpeech: SpeechProtocol = {
  supports: () => ({ knobs: ['voice', 'speed', 'language', 'format', 'seed'] }),
  load: async () => (await import('./speech.ts')).elevenlabsSpeechFormat,
}

/** ElevenLabs' speech to text (Scribe). https://elevenlabs.io/docs/api-reference/speech-to-text/convert */
export const elevenlabsTranscription: TranscriptionProtocol = {
  supports: () => ({ knobs: ['language', 'words', 'speakers', 'temperature'] }),
  load: async () => (await import('./transcription.ts')).elevenlabsTranscriptionFormat,
}
