/** What the grammar has and this version does not: refused by name, so that nobody thinks it works. */
export const laterKeys: ReadonlySet<string> = new Set(['server'])

/** Provider types that are not there yet. */
export const laterTypes: ReadonlySet<string> = new Set([
  'bedrock',
  'vertex',
  'cohere',
  'voyage',
  'jina',
  'perplexity',
  'fireworks',
  'cerebras',
])

/** What an error says about them. */
export const notYet = 'is not available yet in this version: remove it.'
