import type { JsonObject, Message, TextCall } from '@anymodel/core'
import { narrowForGemini } from '@anymodel/core/narrow'
import { describe, expect, test } from 'vitest'
import { google } from '../../google.ts'
import { googleModels } from '../../google-models.ts'
import { geminiDialect } from './dialect.ts'
import { toRequest } from './request.ts'

const ask = (call: Partial<TextCall>, model = 'gemini-3.5-flash') =>
  toRequest(
    { messages: [{ role: 'user', content: 'Hi' }], ...call },
    { provider: 'google', model, narrow: narrowForGemini },
    { ...geminiDialect, models: googleModels },
  )
const bodyOf = (call: Partial<TextCall>, model?: string) => ask(call, model).body
const configOf = (call: Partial<TextCall>, model?: string) => bodyOf(call, model).generationConfig as JsonObject
const turnsOf = (messages: readonly Message[], model?: string) =>
  bodyOf({ messages }, model).contents as unknown as { role: string; parts: JsonObject[] }[]
const warned = (call: Partial<TextCall>, model?: string) => ask(call, model).warnings.map(({ option }) => option)

const own = (data: object) => ({ opaque: { provider: 'google', data: data as never } })
const call = (id: string, name: string, more: object = {}) => ({
  type: 'tool-call' as const,
  id,
  name,
  input: '{}',
  ...more,
})
const result = (id: string, name: string, output: string) => ({ type: 'tool-result' as const, id, name, output })

describe('paths', () => {
  test('say how the answer is wanted', () => {
    expect(ask({}).path).toBe('/models/gemini-3.5-flash:streamGenerateContent?alt=sse')
    expect(ask({ delivery: 'whole' }).path).toBe('/models/gemini-3.5-flash:generateContent')
  })

  test('of tuned models have their own collection', () => {
    expect(ask({ delivery: 'whole' }, 'tunedModels/mine').path).toBe('/tunedModels/mine:generateContent')
  })
})

describe('results of functions', () => {
  test('come in the order of their calls, with the ids that the service gave, and all of them', () => {
    const turns = turnsOf([
      { role: 'user', content: 'Go.' },
      {
        role: 'assistant',
        content: [
          call('made-0', 'f', own({ thoughtSignature: 'sig' })),
          call('c9', 'g', own({ id: 'c9' })),
          call('made-1', 'h'),
        ],
      },
      { role: 'tool', content: [result('c9', 'g', 'two')] },
      { role: 'tool', content: [result('made-0', 'f', 'one')] },
      { role: 'user', content: 'And?' },
    ])
    expect(turns.map(({ role }) => role)).toEqual(['user', 'model', 'user'])
    expect(turns[1]?.parts).toEqual([
      { functionCall: { name: 'f', args: {} }, thoughtSignature: 'sig' },
      { functionCall: { id: 'c9', name: 'g', args: {} } },
      { functionCall: { name: 'h', args: {} } },
    ])
    expect(turns[2]?.parts).toEqual([
      { functionResponse: { name: 'f', response: { output: 'one' } } },
      { functionResponse: { id: 'c9', name: 'g', response: { output: 'two' } } },
      { functionResponse: { name: 'h', response: { error: 'The tool was not run.' } } },
      { text: 'And?' },
    ])
  })

  test('calls at the very end are answered, too', () => {
    expect(turnsOf([{ role: 'assistant', content: [call('a', 'f')] }]).at(-1)).toEqual({
      role: 'user',
      parts: [{ functionResponse: { name: 'f', response: { error: 'The tool was not run.' } } }],
    })
  })
})

describe('signatures', () => {
  const foreign: Message[] = [{ role: 'assistant', content: [call('a', 'f'), call('b', 'f')] }]

  test("another model's calls say that they have none, where signatures are checked", () => {
    const signatures = (model: string) => turnsOf(foreign, model)[0]?.parts.map((part) => part.thoughtSignature)
    expect(signatures('gemini-3.5-flash')).toEqual(['skip_thought_signature_validator', undefined])
    expect(signatures('gemini-2.5-flash')).toEqual([undefined, undefined])
  })

  test('go back on empty texts, and on thoughts; thoughts without one stay here', () => {
    const content = [
      { type: 'reasoning' as const, text: 'Hm.' },
      { type: 'reasoning' as const, text: 'Well.', ...own({ thoughtSignature: 's1' }) },
      { type: 'text' as const, text: 'Yes.', ...own({}) },
      { type: 'text' as const, text: '', ...own({ thoughtSignature: 's2' }) },
      { type: 'text' as const, text: '', opaque: { provider: 'elsewhere', data: { thoughtSignature: 's3' } } },
    ]
    expect(turnsOf([{ role: 'assistant', content }])[0]?.parts).toEqual([
      { text: 'Well.', thought: true, thoughtSignature: 's1' },
      { text: 'Yes.' },
      { text: '', thoughtSignature: 's2' },
    ])
  })
})

describe('thinking', () => {
  const thinking = (reasoning: NonNullable<TextCall['reasoning']>, model: string, more: Partial<TextCall> = {}) =>
    configOf({ reasoning, ...more }, model)?.thinkingConfig

  test('is a level where the model knows levels', () => {
    expect(thinking({ effort: 'minimal' }, 'gemini-3-flash-preview')).toEqual({ thinkingLevel: 'MINIMAL' })
    expect(thinking({ effort: 'max', summary: true }, 'gemini-4-argon')).toEqual({
      includeThoughts: true,
      thinkingLevel: 'HIGH',
    })
    expect(thinking({ effort: 'medium' }, 'gemini-3-pro-preview')).toEqual({ thinkingLevel: 'HIGH' })
    expect(warned({ reasoning: { effort: 'none' } }, 'gemini-3.1-pro-preview')).toEqual(['reasoning.effort'])
  })

  test('is a budget where it knows budgets, within what it takes and what the answer may have', () => {
    expect(thinking({ effort: 'medium' }, 'gemini-2.5-flash')).toEqual({ thinkingBudget: 8_192 })
    expect(thinking({ effort: 'medium' }, 'gemini-2.5-flash', { maxTokens: 4_000 })).toEqual({ thinkingBudget: 2_000 })
    expect(thinking({ effort: 'max' }, 'gemini-2.5-flash')).toEqual({ thinkingBudget: 24_576 })
    expect(thinking({ effort: 'none' }, 'gemini-2.5-flash-lite')).toEqual({ thinkingBudget: 0 })
    expect(thinking({ effort: 'none' }, 'gemini-2.5-pro')).toEqual({ thinkingBudget: 128 })
    expect(warned({ reasoning: { effort: 'none' } }, 'gemini-2.5-pro')).toEqual(['reasoning'])
  })

  test('takes a budget beside levels only where the model still does', () => {
    expect(thinking({ budget: 512 }, 'gemini-3.5-flash')).toEqual({ thinkingBudget: 512 })
    expect(thinking({ budget: 512 }, 'gemini-4-argon')).toBeUndefined()
    expect(warned({ reasoning: { budget: 512 } }, 'gemini-4-argon')).toEqual(['reasoning.budget'])
  })
})

test.each([
  ['gemini-2.0-flash', false, true],
  ['gemini-2.5-pro', true, true],
  ['gemini-3.5-flash', true, true],
  ['gemini-3.5-flash-lite', true, false],
  ['gemini-3.8-flash', true, false],
  ['gemini-flash-latest', true, false],
  ['gemma-4-27b-it', false, true],
])('%s thinks: %s, has sampling options: %s', (model, thinks, samples) => {
  const knobs = google().text(model).supports.knobs ?? []
  expect([knobs.includes('reasoning'), knobs.includes('temperature')]).toEqual([thinks, samples])
})

test('models that draw are asked for texts and images', () => {
  expect(configOf({}, 'gemini-3.1-flash-image').responseModalities).toEqual(['TEXT', 'IMAGE'])
  expect(configOf({}, 'gemini-3.1-pro-preview')).toBeUndefined()
})

describe('tools', () => {
  const tool = { type: 'function' as const, name: 'f', inputSchema: { type: 'object', properties: { a: {} } } }
  const search = { type: 'provider' as const, provider: 'google', name: 'search', definition: { googleSearch: {} } }
  const configured = (more: Partial<TextCall>, model?: string) => bodyOf(more, model).toolConfig

  test('are chosen by a mode', () => {
    expect(configured({ tools: [tool] })).toBeUndefined()
    expect(configured({ tools: [{ ...tool, strict: true }] })).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } })
    expect(configured({ tools: [tool], toolChoice: { tool: 'f' } })).toEqual({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] },
    })
  })

  test('of the service stand beside functions, which newer models want to be told', () => {
    expect(bodyOf({ tools: [tool, search] }).tools).toEqual([
      { functionDeclarations: [expect.objectContaining({ name: 'f' })] },
      { googleSearch: {} },
    ])
    expect(configured({ tools: [tool, search], toolChoice: 'auto' })).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
      includeServerSideToolInvocations: true,
    })
    expect(configured({ tools: [search], toolChoice: 'auto' })).toBeUndefined()
    expect(configured({ tools: [tool, search] }, 'gemini-2.5-flash')).toBeUndefined()
  })

  test('without parameters are declared without a schema, and others in the subset', () => {
    const empty = { ...tool, name: 'now', inputSchema: { type: 'object', properties: {}, additionalProperties: false } }
    const open = { ...tool, name: 'open', inputSchema: { type: 'object', additionalProperties: { type: 'string' } } }
    const fixed = { ...tool, name: 'fixed', inputSchema: { type: 'object', properties: { a: { const: 'x' } } } }
    const [{ functionDeclarations }] = bodyOf({ tools: [empty, open, fixed] }).tools as unknown as [
      { functionDeclarations: JsonObject[] },
    ]
    const [now, map, constant] = functionDeclarations.map(({ parametersJsonSchema }) => parametersJsonSchema)
    expect(now).toBeUndefined()
    expect(map).toMatchObject({ type: 'object', additionalProperties: { type: 'string' } })
    expect(JSON.stringify(constant)).not.toContain('const')
    expect(JSON.stringify(constant)).toContain('"x"')
  })
})

test('objects are asked for by schema, or by media type alone', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  expect(configOf({ output: { type: 'json-schema', name: 'thing', schema } })).toEqual({
    responseMimeType: 'application/json',
    responseJsonSchema: schema,
  })
  expect(configOf({ output: { type: 'json' } })).toEqual({ responseMimeType: 'application/json' })
})
