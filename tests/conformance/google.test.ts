import { google } from '@anymodel/providers/google'
import { testTextModel, geminiWire as wire } from '@anymodel/testing'
import { describe, test } from 'vitest'

const apiKey = 'AIzaSy0123456789abcdefghijklmn'

testTextModel({
  describe,
  test,
  wire,
  name: 'google',
  make: ({ url }) => google({ baseURL: `${url}/v1beta`, apiKey }).text('gemini-3.5-flash'),
})
