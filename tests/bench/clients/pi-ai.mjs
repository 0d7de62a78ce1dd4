export async function open({ url, load }) {
  const { complete, stream } = await load('@mariozechner/pi-ai')
  const model = {
    id: 'bench',
    name: 'bench',
    api: 'openai-completions',
    provider: 'bench',
    baseUrl: `${url}/v1`,
    reasoning: false,
    input: ['text'],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 128_000,
    maxTokens: 32_000,
  }
  const context = { messages: [{ role: 'user', content: 'Tell me a long story.', timestamp: 1 }] }
  return {
    async stream(onText) {
      for await (const event of stream(model, context, { apiKey: 'test' })) {
        if (event.type === 'text_delta') onText(event.delta)
      }
    },
    generate: async () => (await complete(model, context, { apiKey: 'test' })).content[0].text,
  }
}
