import OpenAI from 'openai'

const messages = [{ role: 'user', content: 'Tell me a long story.' }]

export function open({ url }) {
  const { completions } = new OpenAI({ apiKey: 'test', baseURL: `${url}/v1` }).chat
  return {
    async stream(onText) {
      const options = { model: 'bench', messages, stream: true, stream_options: { include_usage: true } }
      for await (const event of await completions.create(options)) {
        const text = event.choices[0]?.delta?.content
        if (text) onText(text)
      }
    },
    generate: async () => (await completions.create({ model: 'bench', messages })).choices[0].message.content,
  }
}
