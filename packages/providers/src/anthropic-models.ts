import type { ClaudeRule } from './protocols/anthropic-messages/index.ts'

/** Families that think as hard as they are told to, reject sampling options, and are asked in the newer version of the API. */
const adaptive = {
  version: '2026-10-21',
  maxTokens: 64_000,
  thinking: 'effort',
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  off: 'disabled',
  sampling: 'none',
  features: ['schemas', 'forced-tools', 'system-messages'],
} as const satisfies Omit<ClaudeRule, 'match'>

/** Families that think within a budget of tokens. */
const budgeted = {
  version: '2023-06-01',
  maxTokens: 32_000,
  thinking: 'budget',
  off: 'disabled',
  sampling: 'one',
  features: ['schemas', 'forced-tools', 'prefill'],
} as const satisfies Omit<ClaudeRule, 'match'>

/** Families that do not think. */
const early = {
  version: '2023-06-01',
  maxTokens: 4_096,
  sampling: 'all',
  features: ['forced-tools', 'prefill'],
} as const satisfies Omit<ClaudeRule, 'match'>

const { off: _off, ...alwaysThinking } = adaptive

/**
 * What Claude's model families accept. A Claude that matches no other rule is taken for a newer one.
 * https://platform.claude.com/docs/en/build-with-claude/thinking and https://platform.claude.com/docs/en/build-with-claude/effort
 */
export const anthropicModels: readonly ClaudeRule[] = [
  {
    ...alwaysThinking,
    match: /(?:fable|mythos)-5[-.]\d|opus-5[-.]\d/,
    features: ['schemas', 'system-messages'],
  },
  { ...alwaysThinking, match: /fable|mythos/ },
  { ...adaptive, match: /sonnet-5[-.]\d/, off: 'between_tools' },
  { ...adaptive, match: /opus-4[-.]7/, features: ['schemas', 'forced-tools'] },
  {
    ...budgeted,
    match: /(?:opus|sonnet)-4[-.]6/,
    maxTokens: 64_000,
    thinking: 'either',
    efforts: ['low', 'medium', 'high', 'max'],
    features: ['schemas', 'forced-tools'],
  },
  { ...budgeted, match: /(?:opus|sonnet|haiku)-4[-.]5/ },
  {
    ...budgeted,
    match: /opus-4(?:[-.][01](?!\d)|[-@]2025|$)/,
    maxTokens: 16_000,
    features: ['forced-tools', 'prefill'],
  },
  {
    ...budgeted,
    match: /sonnet-4(?:[-.]0|[-@]2025|$)|3[-.]7-sonnet/,
    sampling: 'all',
    features: ['forced-tools', 'prefill'],
  },
  { ...early, match: /claude-3[-.]5/, maxTokens: 8_192 },
  { ...early, match: /claude-(?:[123]|instant)/ },
  { ...adaptive, match: /claude/ },
]
