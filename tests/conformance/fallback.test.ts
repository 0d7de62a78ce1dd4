import { withFallback } from '@anymodel/core'
import { openai } from '@anymodel/providers/openai'
import { testTextModel, openaiResponsesWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const apiKey = 'sk-0123456789abcdefghijklmn'

// A model in `withFallback` keeps everything that it promises alone.
testTextModel({
  describe,
  test,
  wire,
  name: 'withFallback',
  make: ({ url }) => withFallback([openai({ baseURL: `${url}/v1`, apiKey }).text('gpt-5.4')], { retries: 0 }),
})
