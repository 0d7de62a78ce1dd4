import { anthropic } from '@anymodel/providers/anthropic'
import { testTextModel, anthropicMessagesWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const apiKey = 'sk-ant-api03-0123456789abcdefghijklmn'

/** The newest API version refuses what older models still take: both ways must hold. */
for (const id of ['claude-sonnet-5', 'claude-haiku-4-5'])
  testTextModel({
    describe,
    test,
    wire,
    name: `anthropic, ${id}`,
    make: ({ url }) => anthropic({ baseURL: `${url}/v1`, apiKey }).text(id),
  })
