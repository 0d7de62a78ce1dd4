import type { CodeProtocol } from '../../protocol.ts'
import { completionsDialect, type FillDialect, supportsOf } from './dialect.ts'

export type { FillDialect } from './dialect.ts'

/** OpenAI's old `/completions` with a `suffix`, and the endpoints that were made after it: Mistral's, DeepSeek's, those of local servers. https://platform.openai.com/docs/api-reference/completions */
export function completionsFill(differences: Partial<FillDialect> = {}): CodeProtocol {
  const dialect = { ...completionsDialect, ...differences }
  return {
    supports: supportsOf(dialect),
    load: async () => (await import('./completions.ts')).completionsFormat(dialect),
  }
}

/** `/infill` of llama.cpp's server. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export const infill: CodeProtocol = {
  supports: { input: 'parts', context: true, knobs: ['maxTokens', 'temperature', 'topP', 'seed', 'stop'] },
  load: async () => (await import('./infill.ts')).infillFormat,
}
