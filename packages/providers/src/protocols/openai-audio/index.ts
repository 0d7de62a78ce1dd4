import type { SpeechProtocol, TranscriptionProtocol } from '../../protocol.ts'
import type { SpeechRule, TranscriptionRule } from './dialect.ts'

export { plainSpeech, type SpeechRule, type TranscriptionRule, whisper } from './dialect.ts'
export { openaiListeners, openaiVoices } from './models.ts'

const ruleOf =
  <Rule extends { readonly match: RegExp }>(rules: readonly Rule[]) =>
  (model: string): Rule | undefined =>
    rules.find(({ match }) => match.test(model))

/** OpenAI's `/audio/speech`, and services that speak it. https://platform.openai.com/docs/api-reference/audio/createSpeech */
export function openaiSpeech(rules: readonly SpeechRule[]): SpeechProtocol {
  const rule = ruleOf(rules)
  return {
    supports: (model) => rule(model)?.supports ?? {},
    load: async () => (await import('./speech.ts')).speechFormat(rule),
  }
}

/** OpenAI's `/audio/transcriptions` and `/audio/translations`, and services that speak them. https://platform.openai.com/docs/api-reference/audio/createTranscription */
export function openaiTranscription(rules: readonly TranscriptionRule[]): TranscriptionProtocol {
  const rule = ruleOf(rules)
  return {
    supports: (model) => rule(model)?.supports ?? {},
    load: async () => (await import('./transcription.ts')).transcriptionFormat(rule),
  }
}
