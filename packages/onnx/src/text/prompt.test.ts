import type { Message, TextCall } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { toPrompt } from './prompt.ts'
import { chatTemplate } from './template.ts'

const chatml = `{% for message in messages %}<|{{ message.role }}|>{{ message.content }}
{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`

const withTools = `{% if tools %}TOOLS {% for tool in tools %}{{ tool.function.name }} {% endfor %}
{% endif %}{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% if message.tool_calls %}{% for call in message.tool_calls %}<tool_call>{{ call.function.name }}({{ call.function.arguments.a }}) {{ call.id }}</tool_call>{% endfor %}{% endif %}{% if message.tool_call_id %} for {{ message.tool_call_id }}{% endif %}
{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`

const user = (content: string): Message => ({ role: 'user', content })
const prompt = (chat_template: string | undefined, call: Partial<TextCall>) =>
  toPrompt(
    { messages: [user('hi')], ...call },
    chatTemplate(chat_template === undefined ? {} : { chat_template, bos_token: '<s>' }, (call.tools?.length ?? 0) > 0),
  )

const tools: TextCall['tools'] = [
  { type: 'function', name: 'add', description: 'Adds.', inputSchema: { type: 'object' } },
]

const toolHistory: Message[] = [
  user('1 + 1?'),
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'hmm' },
      { type: 'text', text: 'I add.' },
      { type: 'tool-call', id: 'call_Xy-98765432101', name: 'add', input: '{"a":1}' },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', id: 'call_Xy-98765432101', name: 'add', output: { sum: 2 } }] },
]

describe('a prompt', () => {
  it('is what the template renders', () => {
    const messages: Message[] = [{ role: 'system', content: 'Be brief.' }, user('hi')]
    expect(prompt(chatml, { messages })).toMatchObject({
      text: '<|system|>Be brief.\n<|user|>hi\n<|assistant|>',
      raw: false,
      continues: false,
    })
  })

  it('is the plain text where the model has no template', () => {
    expect(prompt(undefined, { messages: [user('Once upon')] })).toMatchObject({
      text: 'Once upon',
      raw: true,
      continues: true,
    })
  })

  it('joins system messages at the start, and tells them the user where the template has no such role', () => {
    const messages: Message[] = [{ role: 'system', content: 'A' }, { role: 'system', content: 'B' }, user('hi')]
    expect(prompt(chatml, { messages }).text).toBe('<|system|>A\n\nB\n<|user|>hi\n<|assistant|>')
    const strict = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${chatml}`
    expect(prompt(strict, { messages }).text).toBe('<|user|>A\n\nB\n\nhi\n<|assistant|>')
  })

  it('ends with a last assistant message, for the model to go on', () => {
    const messages: Message[] = [user('hi'), { role: 'assistant', content: 'Well,' }]
    expect(prompt(chatml, { messages })).toMatchObject({ text: '<|user|>hi\n<|assistant|>Well,', continues: true })
  })

  it('passes extra on to the template as its switches', () => {
    expect(prompt(`${chatml}{{ mode }}`, { extra: { mode: '/fast' } }).text).toMatch(/<\|assistant\|>\/fast$/)
  })

  it('says so when the template refuses the conversation, or is broken', () => {
    expect(() => prompt(`{{ raise_exception('roles must alternate') }}`, {})).toThrow(/roles must alternate/)
    expect(() => prompt('{% for %}', {})).toThrow(/chat template can't be read/)
  })

  it('refuses files', () => {
    const content = [{ type: 'file' as const, mediaType: 'image/png', data: '' }]
    expect(() => prompt(chatml, { messages: [{ role: 'user', content }] })).toThrow(/text only/)
  })
})

describe('tools', () => {
  it('go to a template that has a place for them, calls and results too', () => {
    expect(prompt(withTools, { messages: toolHistory, tools }).text).toBe(
      'TOOLS add <|user|>1 + 1?<|assistant|>I add.<tool_call>add(1) 000000001</tool_call><|tool|>{"sum":2} for 000000001<|assistant|>',
    )
  })

  it('are explained in words where it has none', () => {
    const { text } = prompt(chatml, { messages: toolHistory, tools })
    expect(text).toContain('{"name":"add","description":"Adds.","parameters":{"type":"object"}}')
    expect(text).toContain('I add.\n<tool_call>\n{"name":"add","arguments":{"a":1}}\n</tool_call>')
    expect(text).toContain('<|user|><tool_response>\n{"sum":2}\n</tool_response>')
  })

  it('are left out with toolChoice none', () => {
    expect(prompt(withTools, { tools, toolChoice: 'none' }).text).not.toContain('TOOLS')
  })

  it('are called in the form that the template writes, else in the one that the words ask for', () => {
    const formIn = (template: string) => prompt(template, { tools }).form
    expect(formIn(chatml)).toBe('hermes')
    expect(formIn(withTools)).toBe('hermes')
    expect(formIn(withTools.replace('<tool_call>', '[TOOL_CALLS]'))).toBe('mistral')
    expect(formIn(withTools.replace('<tool_call>', '[TOOL_CALLS][ARGS]'))).toBe('mistral-args')
    expect(formIn(withTools.replace('<tool_call>', '<|python_tag|>'))).toBe('llama')
  })

  it('can only be asked for where the form of a call is not known', () => {
    const template = withTools.replace('<tool_call>', '<call>')
    const { form, warnings } = prompt(template, { tools, toolChoice: 'required' })
    expect(form).toBeUndefined()
    expect(warnings).toMatchObject([{ option: 'toolChoice' }])
    expect(prompt(template, { tools }).warnings).toEqual([])
  })
})

describe('a schema', () => {
  it('is told to the model, which the grammar only makes follow it', () => {
    const output = { type: 'json-schema' as const, name: 'answer', schema: { type: 'object' } }
    expect(prompt(chatml, { output }).text).toContain('{"type":"object"}')
  })
})
