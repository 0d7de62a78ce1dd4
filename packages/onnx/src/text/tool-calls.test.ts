import type { Part } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { TaggedCalls } from './tool-calls.ts'

/** What a reader gives when the text comes in pieces of this size. */
function read(text: string, size: number, reader = new TaggedCalls(['add', 'find'])): Part[] {
  const parts: Part[] = []
  for (let at = 0; at < text.length; at += size) parts.push(...reader.push(text.slice(at, at + size)))
  return [...parts, ...reader.end()]
}

const summary = (parts: readonly Part[]) => ({
  text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  calls: parts.flatMap((part) => (part.type === 'tool-call' ? [[part.name, JSON.parse(part.input)]] : [])),
})

const cases: [name: string, written: string, text: string, calls: [string, unknown][]][] = [
  [
    'Hermes and Qwen',
    'Sure.\n<tool_call>\n{"name": "add", "arguments": {"a": [1, 2]}}\n</tool_call>',
    'Sure.\n',
    [['add', { a: [1, 2] }]],
  ],
  [
    'two calls in a row',
    '<tool_call>{"name":"add","arguments":{}}</tool_call>\n<tool_call>{"name":"find","arguments":{"q":"</b>"}}</tool_call>',
    '',
    [
      ['add', {}],
      ['find', { q: '</b>' }],
    ],
  ],
  ['a call whose end tag is missing', '<tool_call>{"name":"add","arguments":{}}', '', [['add', {}]]],
  [
    'calls without end tags, a tag in a text',
    '<tool_call>{"name":"find","arguments":{"q":"</tool_call> \\"{"}}\n<tool_call>{"name":"add","arguments":{}} Done.',
    'Done.',
    [
      ['find', { q: '</tool_call> "{' }],
      ['add', {}],
    ],
  ],
  ['text after a call', '<tool_call>{"name":"add","arguments":{}}</tool_call>\n\nDone.', 'Done.', [['add', {}]]],
  ['Llama 3, bare', '{"name": "add", "parameters": {"a": 1}}', '', [['add', { a: 1 }]]],
  [
    'Llama 3, several',
    '{"name": "add", "parameters": {}}; {"name": "find", "parameters": {"q": "x; y"}}',
    '',
    [
      ['add', {}],
      ['find', { q: 'x; y' }],
    ],
  ],
  ['Llama 3, python tag', '<|python_tag|>{"type": "function", "name": "add", "parameters": {}}', '', [['add', {}]]],
  [
    'Mistral, array',
    'Ok [TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}}, {"name": "find", "arguments": {}}]',
    'Ok ',
    [
      ['add', { a: 1 }],
      ['find', {}],
    ],
  ],
  [
    'Mistral, named',
    '[TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]find[CALL_ID]abc123xyz[ARGS]{"q": "[x]"}',
    '',
    [
      ['add', { a: 1 }],
      ['find', { q: '[x]' }],
    ],
  ],
  [
    'the form of OpenAI',
    '<tool_call>{"type":"function","function":{"name":"add","arguments":"{\\"a\\":1}"}}</tool_call>',
    '',
    [['add', { a: 1 }]],
  ],
  ['no call: plain text', 'a < b, <tool, [TOOL, and {x}', 'a < b, <tool, [TOOL, and {x}', []],
  [
    'no call: broken JSON',
    '<tool_call>{"name": "add", </tool_call> hm',
    '<tool_call>{"name": "add", </tool_call> hm',
    [],
  ],
  ['no call: JSON that names no tool', '{"name": "Ada", "age": 36}', '{"name": "Ada", "age": 36}', []],
  [
    'no call: long JSON',
    '{"title": "a long enough answer that is JSON, because JSON was asked for, and is no call", "b": [1]}',
    '{"title": "a long enough answer that is JSON, because JSON was asked for, and is no call", "b": [1]}',
    [],
  ],
]

describe('tool calls in text', () => {
  it.each(cases)('%s, cut anywhere', (_name, written, text, calls) => {
    for (const size of [1, 2, 3, 7, 1_000])
      expect(summary(read(written, size)), `pieces of ${size}`).toEqual({ text, calls })
  })

  it('shows text at once, but for what could begin a tag', () => {
    const reader = new TaggedCalls(['add'])
    expect(reader.push('Well, 1 <')).toEqual([{ type: 'text', text: 'Well, 1 ' }])
    expect(reader.push(' 2')).toEqual([{ type: 'text', text: '< 2' }])
  })

  it('drops calls beyond the limit', () => {
    const reader = new TaggedCalls(['add'], 1)
    const array = '[TOOL_CALLS][{"name":"add","arguments":{}},{"name":"add","arguments":{}}]'
    expect(summary(read(array, 5, reader)).calls).toHaveLength(1)
    expect(reader.count).toBe(1)
  })

  it('gives every call an id of nine letters and digits', () => {
    const ids = read(cases[1]?.[1] as string, 9).flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{9}$/)
  })
})
