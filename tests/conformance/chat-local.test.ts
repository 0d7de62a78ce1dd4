import { llamacpp } from '@anymodel/providers/llamacpp'
import { lmstudio } from '@anymodel/providers/lmstudio'
import { ollama } from '@anymodel/providers/ollama'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { vllm } from '@anymodel/providers/vllm'
import { testTextModel, openaiChatWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const suite = { describe, test, wire }

const skip = {
  'reasoning goes back verbatim to the service that wrote it': 'the server has no field for it',
}

for (const [name, provider] of Object.entries({ ollama, llamacpp, lmstudio, vllm }))
  testTextModel({ ...suite, name, make: ({ url }) => provider({ baseURL: `${url}/v1` }).text('qwen3'), skip })

testTextModel({
  ...suite,
  name: 'openaiCompatible',
  make: ({ url }) =>
    openaiCompatible({ name: 'house', baseURL: `${url}/deep/path/v1/`, apiKey: 'house-key-0123456789' }).text('any'),
  skip,
})
