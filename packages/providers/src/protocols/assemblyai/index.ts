import type { TranscriptionProtocol } from '../../protocol.ts'

/** AssemblyAI's transcripts: the sound is uploaded, and a job writes it down. https://www.assemblyai.com/docs/api-reference/transcripts/submit */
export const assemblyaiTranscription: TranscriptionProtocol = {
  supports: () => ({ knobs: ['language', 'prompt', 'words', 'speakers'] }),
  load: async () => (await import('./transcription.ts')).assemblyaiFormat,
}
