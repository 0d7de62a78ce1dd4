// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the config's own notation
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema } from './json-schema.ts'
import { mask, unmask } from './mask.ts'

const published = JSON.parse(readFileSync(new URL('../../anymodel.schema.json', import.meta.url), 'utf8'))

test('the published schema is the one that the code has: else run scripts/write-schema.mjs', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
})

const validate = new Ajv2020({ strict: false }).compile(published)

const yaml = (text: string): unknown =>
  parse(mask(text), (_key, value) => (typeof value === 'string' ? unmask(value) : value))

describe('editors accept', () => {
  test.each([
    'version: 1',
    'providers: { openai: { apiKey: ${OPENAI_API_KEY} }, local: { type: onnx, dir: ./models, threads: 4 } }',
    'providers: { own: { type: openai-compatible, baseURL: http://localhost:8080/v1, headers: { a: b } } }',
    'models: { chat: openai/gpt-6-luna, role: "${CHAT_MODEL:-local/x}" }',
    'models: { chat: { use: [{ role: small }], retry: { attempts: 2, maxWait: 20s }, timeouts: { idle: 250ms } } }',
    'models: { chat: { use: [a/b, { role: c }], onBreak: continue, onContextOverflow: [a/b], onContentFilter: error } }',
    'models: { chat: { use: groq/x, defaults: { temperature: 0.2, reasoning: { effort: low } } } }',
  ])('%s', (text) => {
    expect(validate(yaml(text)), JSON.stringify(validate.errors)).toBe(true)
  })
})

describe('editors refuse', () => {
  test.each([
    'version: 2',
    'modles: {}',
    'providers: { openai: { apikey: x } }',
    'providers: { a: { type: opnai } }',
    'providers: { own: { type: openai-compatible } }',
    'models: { chat: small }',
    'models: { chat: { use: [] } }',
    'models: { chat: { use: a/b, onBreak: resume } }',
    'models: { chat: { use: a/b, onContextOverflow: a/b } }',
    'models: { chat: { use: a/b, timeouts: { total: 3 } } }',
    'models: { chat: { use: a/b, retry: { attempts: 0 } } }',
    'server: {}',
    'state: { mysql: x }',
  ])('%s', (text) => {
    expect(validate(yaml(text))).toBe(false)
  })
})
