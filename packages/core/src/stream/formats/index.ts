import { begunAnew } from '../begun-anew.ts'
import { anthropicEncoder } from './anthropic.ts'
import type { Encoder } from './encoder.ts'
import { openaiEncoder } from './openai.ts'
import { ndjsonEncoder, sseEncoder, textEncoder } from './plain.ts'
import { uiEncoder } from './ui.ts'

/** An encoder of a format that can't take back what it said. */
const onward = (make: () => Encoder) => (): Encoder => {
  const encoder = make()
  return {
    ...encoder,
    part(part) {
      if (part.type === 'notice' && part.kind === 'reset') throw begunAnew()
      return encoder.part(part)
    },
  }
}

export const encoders = {
  ui: onward(uiEncoder),
  openai: onward(openaiEncoder),
  anthropic: onward(anthropicEncoder),
  sse: sseEncoder,
  text: onward(textEncoder),
  ndjson: ndjsonEncoder,
} satisfies Record<string, () => Encoder>
