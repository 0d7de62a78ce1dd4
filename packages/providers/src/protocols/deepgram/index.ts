import type { SpeechProtocol, TranscriptionProtocol } from '../../protocol.ts'

/** Deepgram's `/v1/speak`; a model is a voice. https://developers.deepgram.com/reference/text-to-speech/speak-request */
export const deepgramSpeech: SpeechProtocol = {
  supports: () => ({ knobs: ['format', 'speed'] }),
  load: async () => (await import('./speech.ts')).deepgramSpeechFormat,
}

/** Deepgram's `/v1/listen`. https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded */
export const deepgramTranscription: TranscriptionProtocol = {
  supports: () => ({ knobs: ['language', 'words', 'speakers'] }),
  load: async () => (await import('./transcription.ts')).deepgramTranscriptionFormat,
}
