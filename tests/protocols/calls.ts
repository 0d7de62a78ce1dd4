import { type streamText, tool } from '@anymodel/core'

/** Calls that every provider should understand, by name. The golden files show what each makes of them. */
export type Asked = Omit<Parameters<typeof streamText>[0], 'model'>

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const pdf = new TextEncoder().encode('%PDF-1.4\n%%EOF\n')

const weather = tool({
  description: 'The weather in a city.',
  input: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['C', 'F'] } },
    required: ['city'],
  },
})
const clock = tool({ input: { type: 'object', properties: {} } })

export const calls: Readonly<Record<string, Asked>> = {
  plain: { prompt: 'Say hello.' },
  system: { system: 'Answer in French.', prompt: 'Say hello.', maxTokens: 100 },
  tools: { prompt: 'How is the weather in Paris?', tools: { weather, clock }, toolChoice: { tool: 'weather' } },
  'tools-strict-one-at-a-time': {
    prompt: 'How is the weather in Paris?',
    tools: { weather: { ...weather, strict: true } },
    toolChoice: 'required',
    parallelToolCalls: false,
  },
  'tool-results': {
    messages: [
      { role: 'user', content: 'How is the weather in Paris and Rome, and what time is it?' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-call', id: 'call_1', name: 'weather', input: '{"city":"Paris"}' },
          { type: 'tool-call', id: 'call_2', name: 'weather', input: '{"city":"Rome"}' },
          { type: 'tool-call', id: 'call_3', name: 'clock', input: '' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', id: 'call_1', name: 'weather', output: { celsius: 21 } },
          { type: 'tool-result', id: 'call_2', name: 'weather', output: 'no such city', isError: true },
          {
            type: 'tool-result',
            id: 'call_3',
            name: 'clock',
            output: null,
            content: [
              { type: 'text', text: 'See the picture.' },
              { type: 'file', mediaType: 'image/png', data: png.toString('base64') },
            ],
          },
        ],
      },
      { role: 'user', content: 'Thanks. Which is warmer?' },
    ],
    tools: { weather, clock },
  },
  images: {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is the difference?' },
          { type: 'file', data: png },
          { type: 'file', mediaType: 'image/jpeg', url: 'https://example.com/cat.jpg' },
        ],
      },
    ],
  },
  pdf: {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'file', data: pdf, name: 'report.pdf' },
          { type: 'text', text: 'Sum it up.' },
        ],
      },
    ],
  },
  reasoning: { prompt: 'Is 1009 a prime?', reasoning: { effort: 'high', summary: true }, maxTokens: 4_000 },
  'reasoning-off': { prompt: 'Say hello.', reasoning: { effort: 'none' } },
  sampling: {
    prompt: 'Say hello.',
    temperature: 0.3,
    topP: 0.9,
    topK: 40,
    minP: 0.05,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    repetitionPenalty: 1.1,
    seed: 7,
    stop: ['\n\n', 'END'],
    logprobs: 2,
  },
  cache: {
    messages: [
      { role: 'system', content: 'A long rule book.', cache: { ttl: 3_600 } },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A long document.', cache: {} },
          { type: 'text', text: 'What does it say?' },
        ],
      },
    ],
  },
  'from-another-provider': {
    messages: [
      { role: 'user', content: 'How is the weather in Paris?' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'I should look.', opaque: { provider: 'elsewhere', data: { signature: 'abc' } } },
          { type: 'text', text: 'Looking.', opaque: { provider: 'elsewhere', data: { id: 'msg_9' } } },
          { type: 'tool-call', id: 'srv_1', name: 'web_search', input: '{"query":"Paris"}', byProvider: true },
          { type: 'tool-result', id: 'srv_1', name: 'web_search', output: [], byProvider: true },
          { type: 'source', url: 'https://example.com', title: 'Example' },
          { type: 'tool-call', id: 'toolu_01A09q90qw90lq917835lq9', name: 'weather', input: '{"city":"Paris"}' },
        ],
      },
      {
        role: 'tool',
        content: [{ type: 'tool-result', id: 'toolu_01A09q90qw90lq917835lq9', name: 'weather', output: 'sunny' }],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Sunny. Here is a picture.' },
          { type: 'file', mediaType: 'image/png', data: png.toString('base64') },
        ],
      },
      { role: 'user', content: 'Nice.' },
    ],
    tools: { weather },
  },
  extra: { prompt: 'Say hello.', extra: { metadata: { user: '7' } } },
}
