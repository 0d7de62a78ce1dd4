import type { TextProtocol } from '../../protocol.ts'
import { FilteredDecoder } from './filtered-decoder.ts'

/** A protocol of OpenAI's as Azure speaks it: beside the answer stands what its content filters found. https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter */
export const withFilters = (protocol: TextProtocol): TextProtocol => ({
  ...protocol,
  decoder: (context) => new FilteredDecoder(protocol.decoder(context), context),
})
