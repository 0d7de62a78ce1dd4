import { isAnyModelError, type JsonObject, type Message, type TextCall } from '@anymodel/core'
import { narrowForAnthropic } from '@anymodel/core/narrow'
import { describe, expect, test } from 'vitest'
import { anthropic } from '../../anthropic.ts'
import { anthropicModels } from '../../anthropic-models.ts'
import { messagesDialect } from './dialect.ts'
import { toRequest } from './request.ts'

const dialect = { ...messagesDialect, models: anthropicModels }
const ask = (call: Partial<TextCall>, model = 'claude-sonnet-5', differences: object = {}) =>
  toRequest(
    { messages: [{ role: 'user', content: 'Hi' }], ...call },
    { provider: 'anthropic', model, narrow: narrowForAnthropic },
    { ...dialect, ...differences },
  )
const bodyOf = (call: Partial<TextCall>, model?: string) => ask(call, model).body
const turnsOf = (messages: readonly Message[], model?: string) =>
  bodyOf({ messages }, model).messages as unknown as { role: string; content: JsonObject[] }[]
const warned = (call: Partial<TextCall>, model?: string) => ask(call, model).warnings.map(({ option }) => option)

const own = (data: object) => ({ opaque: { provider: 'anthropic', data: data as never } })
const text = (words: string) => ({ type: 'text' as const, text: words })
const call = (id: string, input = '{}') => ({ type: 'tool-call' as const, id, name: 'f', input })
const result = (id: string, output: string) => ({ type: 'tool-result' as const, id, name: 'f', output })
const tool = { type: 'function' as const, name: 'f', inputSchema: { type: 'object' } }

const refusal = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (isAnyModelError(error)) return error.code
  }
  return 'none'
}

describe('API versions', () => {
  const versionOf = (model: string, differences = {}) => ask({}, model, differences).headers?.['anthropic-version']

  test('the newest that the model takes, unless the provider names one', () => {
    expect(versionOf('claude-opus-5-5')).toBe('2026-10-21')
    expect(versionOf('claude-opus-4-7')).toBe('2026-10-21')
    expect(versionOf('claude-haiku-4-5-20251001')).toBe('2023-06-01')
    expect(versionOf('claude-opus-5-5', { version: '2023-06-01' })).toBe('2023-06-01')
    expect(versionOf('someone-elses-model')).toBe('2023-06-01')
  })

  test('sampling options are declared only where version and model take them', () => {
    const samples = (id: string, version?: '2023-06-01' | '2026-10-21') =>
      anthropic(version ? { version } : {})
        .text(id)
        .supports.knobs?.includes('temperature')
    expect(samples('claude-sonnet-4-6')).toBe(true)
    expect(samples('claude-sonnet-4-6', '2026-10-21')).toBe(false)
    expect(samples('claude-sonnet-5', '2023-06-01')).toBe(false)
  })
})

test.each([
  ['claude-opus-4-20250514', 16_000, undefined],
  ['claude-opus-4-1', 16_000, undefined],
  ['claude-sonnet-4-0', 32_000, undefined],
  ['claude-sonnet-4-5@20250929', 32_000, 'native'],
  ['us.anthropic.claude-opus-4-6-v1', 64_000, 'native'],
  ['claude-3-7-sonnet-latest', 32_000, undefined],
  ['claude-3-5-haiku-latest', 8_192, undefined],
  ['claude-3-haiku-20240307', 4_096, undefined],
  ['claude-zebra-9', 64_000, 'native'],
])('%s has room for %i tokens and its own way to give objects', (model, maxTokens, output) => {
  expect(bodyOf({}, model).max_tokens).toBe(maxTokens)
  expect(anthropic().text(model).supports.output?.includes('native')).toBe(output === 'native')
  expect(bodyOf({ maxTokens: 7 }, model).max_tokens).toBe(7)
})

describe('turns', () => {
  test('results of tools stand first in the turn after their calls, whatever else it holds', () => {
    const turns = turnsOf([
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'user', content: 'And?' },
      { role: 'tool', content: [result('a', 'one')] },
    ])
    expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(turns[2]?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'b',
        content: [{ type: 'text', text: 'The tool was not run.' }],
        is_error: true,
      },
      { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'one' }] },
      { type: 'text', text: 'And?' },
    ])
  })

  test('calls at the very end are answered, too', () => {
    const turns = turnsOf([{ role: 'assistant', content: [call('a')] }])
    expect(turns.at(-1)).toMatchObject({ role: 'user', content: [{ tool_use_id: 'a', is_error: true }] })
  })

  test('neighbours of one role become one turn, empty texts and messages disappear', () => {
    const turns = turnsOf([
      { role: 'user', content: 'One.' },
      { role: 'assistant', content: '' },
      { role: 'user', content: [text(' \n'), text('Two.')] },
    ])
    expect(turns).toEqual([{ role: 'user', content: [text('One.'), text('Two.')] }])
  })

  test('a last assistant text has no white space at its end', () => {
    const turns = turnsOf([
      { role: 'user', content: 'A list.' },
      { role: 'assistant', content: '1. ' },
    ])
    expect(turns.at(-1)?.content).toEqual([text('1.')])
  })

  test('system messages in the middle stay there where the model takes that', () => {
    const messages: Message[] = [
      { role: 'system', content: 'First.' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Later.' },
    ]
    expect(bodyOf({ messages }, 'claude-opus-4-8')).toMatchObject({
      system: [text('First.')],
      messages: [{ role: 'user' }, { role: 'system', content: [text('Later.')] }],
    })
    expect(bodyOf({ messages }, 'claude-sonnet-4-5').system).toEqual([text('First.'), text('Later.')])
  })

  test('a call whose input is not an object goes back as what it was', () => {
    const [turn] = turnsOf([{ role: 'assistant', content: [call('a', '{"city": ')] }])
    expect(turn?.content[0]?.input).toEqual({ INVALID_JSON: '{"city": ' })
  })
})

describe('thinking that goes back', () => {
  const thought = { type: 'thinking', signature: 'sig', model: 'claude-sonnet-5' }
  const messages: Message[] = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', ...own(thought) },
        { type: 'reasoning', text: 'Unsigned.' },
        { type: 'reasoning', text: '', ...own({ type: 'redacted_thinking', data: 'x' }) },
        text('Yes.'),
      ],
    },
    { role: 'user', content: 'Sure?' },
  ]

  test('is unchanged, first, and only what was signed', () => {
    expect(turnsOf(messages)[1]?.content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'redacted_thinking', data: 'x' },
      text('Yes.'),
    ])
  })

  test('does not go to another model', () => {
    expect(turnsOf(messages, 'claude-opus-5')[1]?.content).toEqual([
      { type: 'redacted_thinking', data: 'x' },
      text('Yes.'),
    ])
  })
})

describe('reasoning', () => {
  const reasoning = (reasoning: TextCall['reasoning'], model: string, more: Partial<TextCall> = {}) => {
    const { thinking, output_config, max_tokens } = bodyOf({ reasoning: reasoning ?? {}, ...more }, model)
    return { thinking, output_config, max_tokens }
  }

  test('is an effort where the model knows efforts', () => {
    expect(reasoning({ effort: 'high', summary: true }, 'claude-opus-5-5')).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
    })
    expect(warned({ reasoning: { effort: 'minimal' } }, 'claude-opus-5-5')).toEqual(['reasoning.effort'])
    expect(warned({ reasoning: { budget: 5_000 } }, 'claude-opus-5-5')).toEqual(['reasoning.budget'])
  })

  test('is a budget where it knows budgets, with room for the answer beside it', () => {
    expect(reasoning({ effort: 'medium' }, 'claude-sonnet-4-5')).toEqual({
      thinking: { type: 'enabled', budget_tokens: 8_192 },
      output_config: undefined,
      max_tokens: 40_192,
    })
    expect(reasoning({ effort: 'high' }, 'claude-sonnet-4-5', { maxTokens: 4_000 }).thinking).toEqual({
      type: 'enabled',
      budget_tokens: 2_000,
    })
    expect(reasoning({ budget: 3_000 }, 'claude-sonnet-4-6').thinking).toEqual({
      type: 'enabled',
      budget_tokens: 3_000,
    })
    expect(warned({ reasoning: { budget: 3_000 }, maxTokens: 2_500 }, 'claude-sonnet-4-5')).toEqual(['reasoning'])
    expect(warned({ reasoning: { budget: 3_000 }, maxTokens: 900 }, 'claude-sonnet-4-5')).toEqual(['reasoning'])
  })

  test('is switched off the way each model has it', () => {
    expect(reasoning({ effort: 'none' }, 'claude-sonnet-5').thinking).toEqual({ type: 'disabled' })
    expect(reasoning({ effort: 'none' }, 'claude-sonnet-5-5').thinking).toEqual({ type: 'between_tools' })
    expect(reasoning({ effort: 'none' }, 'claude-opus-5-5').output_config).toEqual({ effort: 'low' })
    expect(warned({ reasoning: { effort: 'none' } }, 'claude-opus-5-5')).toEqual(['reasoning.effort'])
  })

  test('within a budget takes neither sampling options nor forced tools nor the middle of a foreign tool loop', () => {
    const thinks = { reasoning: { effort: 'low' as const } }
    expect(warned({ ...thinks, temperature: 0, topK: 3 }, 'claude-sonnet-4-5')).toEqual(['temperature', 'topK'])
    expect(warned({ ...thinks, tools: [tool], toolChoice: 'required' }, 'claude-sonnet-4-5')).toEqual(['reasoning'])
    const loop: Message[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [call('a')] },
      { role: 'tool', content: [result('a', 'one')] },
    ]
    expect(warned({ ...thinks, messages: loop }, 'claude-sonnet-4-5')).toEqual(['reasoning'])
    expect(warned({ ...thinks, messages: loop }, 'claude-sonnet-5')).toEqual([])
    expect(refusal(() => ask({ ...thinks, topP: 1, onUnsupported: 'error' }, 'claude-sonnet-4-5'))).toBe('unsupported')
  })
})

describe('tools', () => {
  test('at most one call at a time needs a choice to hang on', () => {
    const choice = (more: Partial<TextCall>) => bodyOf({ tools: [tool], ...more }).tool_choice
    expect(choice({})).toBeUndefined()
    expect(choice({ parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    expect(choice({ toolChoice: 'none', parallelToolCalls: false })).toEqual({ type: 'none' })
  })

  test('of the service go out as they were written, and are chosen by their own name', () => {
    const definition = { type: 'web_search_20260318', name: 'web_search' }
    const search = { type: 'provider' as const, provider: 'anthropic', name: 'search', definition }
    const body = bodyOf({ tools: [search], toolChoice: { tool: 'search' } })
    expect([body.tools, body.tool_choice]).toEqual([[definition], { type: 'tool', name: 'web_search' }])
  })

  test('can not be forced on models that refuse that', () => {
    expect(refusal(() => ask({ tools: [tool], toolChoice: 'required' }, 'claude-opus-5-5'))).toBe('unsupported')
    expect(anthropic().text('claude-opus-5-5').supports.output).toEqual(['native', 'prompt'])
  })
})

test('JSON without a schema is refused, since the service has no such mode', () => {
  expect(refusal(() => ask({ output: { type: 'json' } }))).toBe('unsupported')
})

test('files: images, PDFs and texts, as bytes or URLs; what it can not read is said', () => {
  const bytes = (words: string) => Buffer.from(words).toString('base64')
  const file = (mediaType: string, more: object) => ({ type: 'file' as const, mediaType, ...more })
  const content = [
    file('image/png', { url: 'https://a.example/a.png' }),
    file('application/pdf', { url: 'https://a.example/a.pdf', name: 'A' }),
    file('text/csv', { data: bytes('a,ü'), name: 'a.csv' }),
    file('audio/wav', { data: 'AAAA' }),
  ]
  const { body, warnings } = ask({ messages: [{ role: 'user', content }] })
  expect((body.messages as unknown as { content: unknown }[])[0]?.content).toEqual([
    { type: 'image', source: { type: 'url', url: 'https://a.example/a.png' } },
    { type: 'document', source: { type: 'url', url: 'https://a.example/a.pdf' }, title: 'A' },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,ü' }, title: 'a.csv' },
    { type: 'text', text: expect.stringContaining('audio/wav') },
  ])
  expect(warnings.length).toBe(1)
})

test('of more than four cache breakpoints the first and the last three stay, and a warning says so', () => {
  const messages: Message[] = [
    { role: 'system', content: 'Rules.', cache: { ttl: 3_600 } },
    { role: 'user', content: [1, 2, 3, 4, 5].map((n) => ({ ...text(`Part ${n}.`), cache: {} })) },
  ]
  const { body, warnings } = ask({ messages })
  const [{ content }] = body.messages as unknown as [{ content: JsonObject[] }]
  expect(body.system).toEqual([{ ...text('Rules.'), cache_control: { type: 'ephemeral', ttl: '1h' } }])
  expect(content.map(({ cache_control }) => Boolean(cache_control))).toEqual([false, false, true, true, true])
  expect(warnings.map(({ option }) => option)).toEqual(['cache'])
})
