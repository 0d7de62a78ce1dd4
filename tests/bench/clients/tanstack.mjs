const messages = [{ role: 'user', content: 'Tell me a long story.' }]

export async function open({ url, load }) {
  const { chat } = await load('@tanstack/ai')
  const { createOpenaiChatCompletions } = await load('@tanstack/ai-openai')
  const adapter = createOpenaiChatCompletions('gpt-4.1-mini', 'test', { baseURL: `${url}/v1` })
  return {
    async stream(onText) {
      for await (const event of chat({ adapter, messages })) {
        if (event.type === 'TEXT_MESSAGE_CONTENT') onText(event.delta)
      }
    },
    generate: () => chat({ adapter, messages, stream: false }),
  }
}
