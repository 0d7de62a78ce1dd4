interface Retired {
  readonly provider: string
  readonly match: RegExp
  /** When the service turns it off, or has done so. */
  readonly day: string
  readonly successor: string
}

const gptImages = 'gpt-image-2.6-sunburst or gpt-image-2.6-flare'
const geminiImages = 'gemini-3-pro-image or gemini-3.1-flash-image'
const codex = 'gpt-5.3-codex'

/** Models that many programs still name. The first that matches counts. */
const retired: readonly Retired[] = [
  { provider: 'openai', match: /^dall-e-[23]$/, day: '2026-05-12', successor: gptImages },
  { provider: 'openai', match: /^gpt-image-1$/, day: '2026-10-23', successor: gptImages },
  {
    provider: 'openai',
    match: /^(?:gpt-image-1\.5|gpt-image-1-mini|chatgpt-image-latest)$/,
    day: '2026-12-01',
    successor: gptImages,
  },
  { provider: 'openai', match: /^codex-mini-latest$/, day: '2026-02-12', successor: codex },
  { provider: 'openai', match: /^gpt-5\.1-codex/, day: '2026-07-23', successor: codex },
  { provider: 'google', match: /^(?:imagen|imagegeneration)/, day: '2026-08-17', successor: geminiImages },
  { provider: 'google', match: /^gemini-2\.0-.*image/, day: '2026-06-01', successor: geminiImages },
  { provider: 'google', match: /^veo-(?:2|3\.0)/, day: '2026-06-30', successor: 'veo-3.1-generate-preview' },
]

/** What to use in place of a model that a service does not have any more: a sentence for its error. */
export function successorHint(provider: string, model: string): string | undefined {
  const found = retired.find((one) => one.provider === provider && one.match.test(model))
  return (
    found &&
    `The last day of ${model} at ${provider} is ${found.day}: use ${found.successor}, or the baseURL of a service that has it.`
  )
}
