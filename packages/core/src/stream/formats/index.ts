import { anthropicEncoder } from './anthropic.ts'
import type { Encoder } from './encoder.ts'
import { openaiEncoder } from './openai.ts'
import { ndjsonEncoder, sseEncoder, textEncoder } from './plain.ts'
import { uiEncoder } from './ui.ts'

export const encoders = {
  ui: uiEncoder,
  openai: openaiEncoder,
  anthropic: anthropicEncoder,
  sse: sseEncoder,
  text: textEncoder,
  ndjson: ndjsonEncoder,
} satisfies Record<string, () => Encoder>
