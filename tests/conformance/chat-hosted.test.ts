import { azure } from '@anymodel/providers/azure'
import { deepseek } from '@anymodel/providers/deepseek'
import { groq } from '@anymodel/providers/groq'
import { mistral } from '@anymodel/providers/mistral'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { together } from '@anymodel/providers/together'
import { xai } from '@anymodel/providers/xai'
import { testTextModel, openaiChatWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const apiKey = 'sk-0123456789abcdefghijklmn'
const suite = { describe, test, wire }

/** Services whose Chat Completions take no reasoning back. */
const skip = {
  'reasoning goes back verbatim to the service that wrote it': 'the service has no field for it',
}

testTextModel({
  ...suite,
  name: 'groq',
  make: ({ url }) => groq({ baseURL: `${url}/openai/v1`, apiKey }).text('qwen/qwen3-32b'),
  skip,
})
testTextModel({
  ...suite,
  name: 'mistral',
  make: ({ url }) => mistral({ baseURL: `${url}/v1`, apiKey }).text('mistral-large-latest'),
})
testTextModel({
  ...suite,
  name: 'deepseek',
  make: ({ url }) => deepseek({ baseURL: url, apiKey }).text('deepseek-reasoner'),
})
testTextModel({
  ...suite,
  name: 'together',
  make: ({ url }) => together({ baseURL: `${url}/v1`, apiKey }).text('openai/gpt-oss-120b'),
  skip,
})
testTextModel({
  ...suite,
  name: 'openrouter',
  make: ({ url }) => openrouter({ baseURL: `${url}/api/v1`, apiKey }).text('anthropic/claude-sonnet-5'),
})
testTextModel({
  ...suite,
  name: 'xai, Chat Completions',
  make: ({ url }) => xai({ baseURL: `${url}/v1`, apiKey }).chat('grok-4.3'),
  skip,
})
testTextModel({
  ...suite,
  name: 'openai, Chat Completions',
  make: ({ url }) => openai({ baseURL: `${url}/v1`, apiKey }).chat('gpt-4.1'),
  skip,
})
testTextModel({
  ...suite,
  name: 'azure, Chat Completions',
  make: ({ url }) => azure({ endpoint: url, apiKey }).chat('gpt-4.1'),
  skip,
})
