import { azure } from '@anymodel/providers/azure'
import { openai } from '@anymodel/providers/openai'
import { xai } from '@anymodel/providers/xai'
import { testTextModel, openaiResponsesWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const apiKey = 'sk-0123456789abcdefghijklmn'

testTextModel({
  describe,
  test,
  wire,
  name: 'openai',
  make: ({ url }) => openai({ baseURL: `${url}/v1`, apiKey }).text('gpt-5.4'),
})
testTextModel({
  describe,
  test,
  wire,
  name: 'xai',
  make: ({ url }) => xai({ baseURL: `${url}/v1`, apiKey }).text('grok-4.3'),
})

testTextModel({
  describe,
  test,
  wire,
  name: 'azure',
  make: ({ url }) => azure({ endpoint: url, apiKey }).text('gpt-5.4'),
})
