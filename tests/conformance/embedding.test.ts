import { onnx } from '@anymodel/onnx'
import { azure } from '@anymodel/providers/azure'
import { google } from '@anymodel/providers/google'
import { mistral } from '@anymodel/providers/mistral'
import { ollama } from '@anymodel/providers/ollama'
import { openai } from '@anymodel/providers/openai'
import { together } from '@anymodel/providers/together'
import {
  geminiEmbeddingsWire,
  openaiEmbeddingsWire,
  testEmbeddingModel,
  testLiveEmbeddingModel,
} from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'

const local = onnx()
afterAll(() => local.close())

testLiveEmbeddingModel({
  describe,
  test,
  name: 'onnx, all-MiniLM-L6-v2',
  make: () => local.embedding('all-minilm-l6-v2'),
})

const apiKey = 'sk-0123456789abcdefghijklmn'

for (const [name, provider] of Object.entries({ openai, azure, mistral, together, ollama }))
  testEmbeddingModel({
    describe,
    test,
    name,
    wire: openaiEmbeddingsWire,
    make: ({ url }) => provider({ baseURL: `${url}/v1`, apiKey }).embedding('any'),
  })

for (const id of ['gemini-embedding-001', 'gemini-embedding-2'])
  testEmbeddingModel({
    describe,
    test,
    name: `google, ${id}`,
    wire: geminiEmbeddingsWire,
    make: ({ url }) => google({ baseURL: `${url}/v1beta`, apiKey: 'AIzaSy0123456789abcdefghijklmn' }).embedding(id),
  })
