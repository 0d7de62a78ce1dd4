import { onnx } from '@anymodel/onnx'
import { deepseek } from '@anymodel/providers/deepseek'
import { llamacpp } from '@anymodel/providers/llamacpp'
import { mistral } from '@anymodel/providers/mistral'
import { ollama } from '@anymodel/providers/ollama'
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { vllm } from '@anymodel/providers/vllm'
import {
  llamacppInfillWire,
  mistralFimWire,
  openaiCompletionsWire,
  testCodeModel,
  testLiveCodeModel,
} from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'

const apiKey = 'sk-0123456789abcdefghijklmn'

testCodeModel({
  describe,
  test,
  name: 'mistral',
  wire: mistralFimWire,
  make: ({ url }) => mistral({ baseURL: `${url}/v1`, apiKey }).code('any'),
})

testCodeModel({
  describe,
  test,
  name: 'llamacpp',
  wire: llamacppInfillWire,
  make: ({ url }) => llamacpp({ baseURL: `${url}/v1`, apiKey }).code('any'),
})

for (const [name, provider] of Object.entries({ deepseek, ollama, vllm }))
  testCodeModel({
    describe,
    test,
    name,
    wire: openaiCompletionsWire,
    make: ({ url }) => provider({ baseURL: `${url}/v1`, apiKey }).code('any'),
  })

for (const input of ['suffix', 'prompt'] as const)
  testCodeModel({
    describe,
    test,
    name: `a compatible server, ${input}`,
    wire: openaiCompletionsWire,
    make: ({ url }) => openaiCompatible({ name: 'house', baseURL: `${url}/v1`, apiKey }).code('any', { input }),
  })

const local = onnx()
afterAll(() => local.close())

// The built-in model has no markers: it goes on after the prefix, through the same engine.
testLiveCodeModel({ describe, test, name: 'onnx, SmolLM2', make: () => local.code('smollm2-135m-instruct') })
