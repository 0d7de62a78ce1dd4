import { describe, expect, it, test } from 'vitest'
import { takes, tokensIn, writeAtRandom } from '../testing/grammar/random-model.ts'
import { byteVocabulary } from '../testing/grammar/vocabularies.ts'
import { random } from '../text/random.ts'
import { TaggedCalls } from '../text/tool-calls.ts'
import { type Constraint, compileGrammar, type ToolForm, type ToolsSource, type Vocabulary } from './index.ts'

const tools = [
  {
    name: 'add',
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
  },
  {
    name: 'say',
    schema: { properties: { text: { type: 'string', maxLength: 9 } }, required: ['text'], additionalProperties: false },
  },
]
const vocabulary = byteVocabulary(['<tool_call>', '{"name": "', '"}}', 'tool'])
const source = (rest: Partial<ToolsSource> = {}): ToolsSource => ({ type: 'tools', tools, ...rest })
const begin = (rest?: Partial<ToolsSource>): Constraint => compileGrammar(source(rest), vocabulary).begin()

/** True for a text after which the answer may end. */
function whole(text: string, rest?: Partial<ToolsSource>): boolean {
  const constraint = begin(rest)
  return takes(constraint, text) && constraint.accepting
}

const call = '<tool_call>\n{"name": "add", "arguments": {"a": 1, "b": 2}}\n</tool_call>'
const other = '<tool_call>{"name": "say", "arguments": {"text": "hi"}}</tool_call>'

describe('calls in text', () => {
  test.each([
    ['', true],
    ['Just text, <tool_ and {"name": 1}.', true],
    [call, true],
    [`I add. ${call}`, true],
    [`${call}\n${other} Done.`, true],
    ['<tool_call>', false],
    ['<tool_call>\n{"name": "sub"', false],
    ['<tool_call>{"name": "add", "arguments": {"text": "hi"}}</tool_call>', false],
    ['<tool_call>{"name": "say", "arguments": "hi"', false],
    ['<tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}', false],
    ['<<tool_call>x', false],
  ])('%s', (text, expected) => {
    expect(whole(text)).toBe(expected)
  })

  it('may be asked for at once, as one, and of one tool', () => {
    expect(whole('Hm.', { choice: 'required' })).toBe(false)
    expect(whole('', { choice: 'required' })).toBe(false)
    expect(whole(call, { choice: 'required' })).toBe(true)
    expect(whole(`${call}${other}`, { choice: 'required' })).toBe(true)
    expect(whole(`Well. ${call}`, { parallel: false })).toBe(true)
    expect(whole(`${call}${other}`, { parallel: false })).toBe(false)
    expect(whole(`${call} So.`, { parallel: false })).toBe(false)
    expect(whole(call, { choice: { tool: 'add' } })).toBe(true)
    expect(whole(other, { choice: { tool: 'add' } })).toBe(false)
    const constraint = begin({ choice: { tool: 'add' }, parallel: false })
    takes(constraint, call)
    expect(constraint.done).toBe(true)
  })

  it('leaves every token free outside of a call', () => {
    const allowed = tokensIn(begin().mask(), vocabulary.size)
    expect(allowed).toHaveLength(vocabulary.size)
  })

  it('forces what a chosen tool leaves no choice about', () => {
    const constraint = compileGrammar(source({ choice: { tool: 'add' }, form: 'mistral' }), vocabulary).begin()
    const forced = constraint.forced().flatMap((token) => [...vocabulary.bytes(token)])
    expect(Buffer.from(forced).toString()).toBe('[TOOL_CALLS][{"name": "add", "arguments": {"a": ')
  })
})

describe('the forms in which models write calls', () => {
  const forms: Record<ToolForm, { text: string; bad: string }> = {
    hermes: { text: `${call}${other}`, bad: '<tool_call>{"name": "add", "parameters"' },
    mistral: {
      text: '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1, "b": 2}}, {"name": "say", "arguments": {"text": ""}}]',
      bad: '[TOOL_CALLS]{"name"',
    },
    'mistral-args': {
      text: '[TOOL_CALLS]add[ARGS]{"a": 1, "b": 2}[TOOL_CALLS]say[ARGS]{"text": "x"}',
      bad: '[TOOL_CALLS]add{',
    },
    llama: {
      text: '<|python_tag|>{"name": "add", "parameters": {"a": 1, "b": 2}}; {"name": "say", "parameters": {"text": "x"}}',
      bad: '<|python_tag|>{"name": "add", "arguments"',
    },
  }
  const cases = Object.entries(forms).map(([form, rest]) => ({ form: form as ToolForm, ...rest }))

  it.each(cases)('$form: is what the reader of answers understands', ({ form, text, bad }) => {
    expect(whole(text, { form })).toBe(true)
    expect(whole(text, { form, choice: 'required' })).toBe(true)
    expect(whole(text, { form, parallel: false })).toBe(false)
    expect(takes(begin({ form }), bad)).toBe(false)
    expect(callsIn(text)).toEqual([
      ['add', { a: 1, b: 2 }],
      ['say', { text: expect.any(String) }],
    ])
  })

  it.each(cases)('$form: a random model calls as its tools want it', ({ form }) => {
    for (let seed = 0; seed < 6; seed++) {
      const grammar = compileGrammar(source({ form, choice: 'required', parallel: false }), vocabulary)
      const { text, whole } = writeAtRandom(grammar.begin(), vocabulary, random(seed), {
        patience: 12,
        forced: seed % 2 === 0,
      })
      expect(whole).toBe(true)
      const [[name, input] = [], ...more] = callsIn(text)
      expect(more).toEqual([])
      expect(input).toEqual(
        name === 'add' ? { a: expect.any(Number), b: expect.any(Number) } : { text: expect.any(String) },
      )
    }
  })
})

function callsIn(text: string): [string, unknown][] {
  const reader = new TaggedCalls(['add', 'say'])
  const parts = [...reader.push(text), ...reader.end()]
  return parts.flatMap((part) =>
    part.type === 'tool-call' ? [[part.name, JSON.parse(part.input)] as [string, unknown]] : [],
  )
}

describe('tags that are special tokens', () => {
  const special = new Map([
    ['<tool_call>', 300],
    ['</tool_call>', 301],
  ])
  const plain = byteVocabulary()
  const withTags: Vocabulary = { ...plain, size: 302, special: (tag) => special.get(tag) }

  it('may be written as that token, where the tag belongs and nowhere else', () => {
    const constraint = compileGrammar(source(), withTags).begin()
    const allowed = () => tokensIn(constraint.mask(), 302).filter((token) => token >= 300)
    takes(constraint, 'text <too')
    expect(allowed()).toEqual([300])
    constraint.advance(300)
    expect(allowed()).toEqual([])
    expect(takes(constraint, '{"name": "say", "arguments": {"text": "')).toBe(true)
    expect(allowed()).toEqual([])
    expect(() => constraint.advance(300)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(takes(constraint, '"}}')).toBe(true)
    expect(allowed()).toEqual([301])
    constraint.advance(301)
    expect([constraint.accepting, constraint.done]).toEqual([true, false])
  })
})

describe('tools that make no sense', () => {
  test.each<[string, Partial<ToolsSource>, string]>([
    ['none', { tools: [] }, 'invalid-argument'],
    ['another one is chosen', { choice: { tool: 'sub' } }, 'invalid-argument'],
    ['no object', { tools: [{ name: 'x', schema: { type: 'string' } }] }, 'invalid-argument'],
    ['a name that ends the form', { form: 'mistral-args', tools: [{ name: 'a[ARGS]' }] }, 'invalid-argument'],
    ['a keyword', { tools: [{ name: 'x', schema: { not: { type: 'null' } } }] }, 'unsupported'],
  ])('%s', (_name, rest, code) => {
    expect(() => begin(rest)).toThrow(expect.objectContaining({ code }))
  })

  it('takes any object where a tool says nothing', () => {
    expect(whole('<tool_call>{"name": "x", "arguments": {"k": [1, {}]}}</tool_call>', { tools: [{ name: 'x' }] })).toBe(
      true,
    )
    expect(whole('<tool_call>{"name": "x", "arguments": []', { tools: [{ name: 'x' }] })).toBe(false)
  })
})
