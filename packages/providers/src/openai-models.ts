import { type ModelRule, samplingKnobs, type WireEffort } from './protocols/model-rules.ts'

const fromLow: readonly WireEffort[] = ['low', 'medium', 'high']

/** They reason whatever is asked. */
const always = { effort: 'medium', lacks: [...samplingKnobs, 'stop'], system: 'developer' } as const

/** They reason when asked to. */
const onDemand = { lacks: ['stop'], lacksWhileReasoning: samplingKnobs, system: 'developer' } as const

const marks = { cache: 'prompt_cache_breakpoint' } as const
const day = { cache: 'prompt_cache_retention' } as const

/**
 * What OpenAI's model families accept. https://platform.openai.com/docs/guides/reasoning
 */
export const openaiModels: readonly ModelRule[] = [
  { match: /^gpt-5(\.\d)?-(?:chat|search)/, efforts: [] },
  { match: /^gpt-6-astra/, efforts: [...fromLow, 'xhigh', 'max'], ...always, ...marks },
  {
    match: /^gpt-(5\.[6-9]|[6-9]|\d\d)/,
    efforts: ['none', ...fromLow, 'xhigh', 'max'],
    effort: 'medium',
    ...onDemand,
    ...marks,
  },
  { match: /^gpt-5(\.\d)?-pro/, efforts: ['high', 'xhigh'], ...always, ...day },
  { match: /^gpt-5\.(?:1-codex-max|[2-9]-codex)/, efforts: [...fromLow, 'xhigh'], ...always, ...day },
  { match: /^gpt-5(\.\d)?-codex|^codex/, efforts: fromLow, ...always, ...day },
  { match: /^gpt-5\.5/, efforts: ['none', ...fromLow, 'xhigh'], effort: 'medium', ...onDemand, ...day },
  { match: /^gpt-5\.[2-4]/, efforts: ['none', ...fromLow, 'xhigh'], effort: 'none', ...onDemand, ...day },
  { match: /^gpt-5\.1/, efforts: ['none', ...fromLow], effort: 'none', ...onDemand, ...day },
  { match: /^gpt-5/, efforts: ['minimal', ...fromLow], ...always, ...day },
  { match: /^o\d/, efforts: fromLow, ...always },
  { match: /^(?:ft:)?gpt-4\.1/, efforts: [], ...day },
  { match: /^(?:gpt|chatgpt|ft:gpt|computer-use)-/, efforts: [] },
]
