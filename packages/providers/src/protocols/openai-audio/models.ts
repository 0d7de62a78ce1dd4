import type { SpeechRule, TranscriptionRule } from './dialect.ts'

const voices = ['alloy', 'ash', 'coral', 'echo', 'fable', 'onyx', 'nova', 'sage', 'shimmer']

/** OpenAI's models that speak. The first rule that fits counts. */
export const openaiVoices: readonly SpeechRule[] = [
  { match: /^tts-1/, supports: { voices, knobs: ['voice', 'speed', 'format'] } },
  {
    match: /./,
    supports: {
      voices: [...voices, 'ballad', 'verse', 'marin', 'cedar'],
      knobs: ['voice', 'speed', 'format', 'instructions'],
    },
    events: true,
  },
]

/** Bytes of a file that it takes. */
const maxBytes = 25 * 1024 * 1024

/** OpenAI's models that listen. */
export const openaiListeners: readonly TranscriptionRule[] = [
  {
    match: /^whisper/,
    supports: { maxBytes, knobs: ['language', 'prompt', 'words', 'temperature', 'task'] },
    format: 'verbose_json',
  },
  {
    match: /diarize/,
    supports: { maxBytes, knobs: ['language', 'speakers', 'temperature'] },
    format: 'diarized_json',
    events: true,
  },
  { match: /./, supports: { maxBytes, knobs: ['language', 'prompt', 'temperature'] }, events: true },
]
