const prompt = 'Tell me a long story.'

export async function open({ url, load }) {
  const { ChatOpenAI } = await load('@langchain/openai')
  const model = new ChatOpenAI({ model: 'bench', apiKey: 'test', configuration: { baseURL: `${url}/v1` } })
  return {
    async stream(onText) {
      for await (const { content } of await model.stream(prompt)) if (content) onText(content)
    },
    generate: async () => (await model.invoke(prompt)).content,
  }
}
