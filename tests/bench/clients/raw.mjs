// The reference, 1.0: undici, eventsource-parser and JSON.parse by hand, one `await` per event.
import { createParser } from 'eventsource-parser'
import { Agent, request } from 'undici'

const dispatcher = new Agent({ keepAliveTimeout: 30_000 })
const prompt = 'Tell me a long story.'

export const formats = {
  chat: {
    path: (url) => `${url}/v1/chat/completions`,
    body: (stream) => ({
      model: 'bench',
      messages: [{ role: 'user', content: prompt }],
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
    delta: (event) => event.choices[0]?.delta?.content,
    text: (answer) => answer.choices[0].message.content,
  },
  responses: {
    path: (url) => `${url}/v1/responses`,
    body: (stream) => ({ model: 'bench', input: prompt, ...(stream ? { stream } : {}) }),
    delta: (event) => (event.type === 'response.output_text.delta' ? event.delta : undefined),
    text: (answer) => answer.output[0].content[0].text,
  },
  messages: {
    path: (url) => `${url}/v1/messages`,
    body: (stream) => ({
      model: 'bench',
      max_tokens: 4_096,
      messages: [{ role: 'user', content: prompt }],
      ...(stream ? { stream } : {}),
    }),
    delta: (event) => (event.type === 'content_block_delta' ? event.delta.text : undefined),
    text: (answer) => answer.content[0].text,
  },
  gemini: {
    path: (url, stream) => `${url}/v1beta/models/bench:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
    delta: (event) => event.candidates?.[0]?.content?.parts?.[0]?.text,
    text: (answer) => answer.candidates[0].content.parts[0].text,
  },
}

export async function post({ path, body }, url, stream) {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
  const reply = await request(path(url, stream), {
    method: 'POST',
    headers,
    dispatcher,
    body: JSON.stringify(body(stream)),
  })
  if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}`)
  return reply.body
}

async function* events(body) {
  const queue = []
  const parser = createParser({ onEvent: ({ data }) => data !== '[DONE]' && queue.push(JSON.parse(data)) })
  const utf8 = new TextDecoder()
  for await (const chunk of body) {
    parser.feed(utf8.decode(chunk, { stream: true }))
    yield* queue.splice(0)
  }
}

export function open({ url, wire }) {
  const format = formats[wire]
  return {
    async stream(onText) {
      for await (const event of events(await post(format, url, true))) {
        const text = format.delta(event)
        if (text) onText(text)
      }
    },
    async generate() {
      return format.text(await (await post(format, url, false)).json())
    },
  }
}
