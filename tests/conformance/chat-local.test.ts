import { llamacpp } from '@anymodel/providers/llamacpp'
import { lmstudio } from '@anymodel/providers/lmstudio'
import { ollama } from '@anymodel/providers/ollama'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { vllm } from '@anymodel/providers/vllm'
import { ollamaChatWire, testTextModel, openaiChatWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const suite = { describe, test, wire }

const skip = {
  'reasoning goes back verbatim to the service that wrote it': 'the server has no field for it',
}

for (const [name, provider] of Object.entries({ llamacpp, lmstudio, vllm }))
  testTextModel({ ...suite, name, make: ({ url }) => provider({ baseURL: `${url}/v1` }).text('qwen3'), skip })

testTextModel({
  describe,
  test,
  wire: ollamaChatWire,
  name: 'ollama',
  make: ({ url }) => ollama({ baseURL: url }).text('qwen3'),
  skip: {
    'usage counts cached input and reasoning as parts of the whole': 'the format counts neither',
    'the response says who answered, under which id, with which headers': 'answers have no ids',
    'every tool choice is accepted': 'nothing in a request forces a call',
    'an error under status 200 is an error': 'errors have words alone: without a status nothing tells a limit apart',
    'an error as the first event of a stream comes before any content': 'as above',
  },
})

testTextModel({
  ...suite,
  name: 'openaiCompatible',
  make: ({ url }) =>
    openaiCompatible({ name: 'house', baseURL: `${url}/deep/path/v1/`, apiKey: 'house-key-0123456789' }).text('any'),
  skip,
})
