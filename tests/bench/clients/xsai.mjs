const messages = [{ role: 'user', content: 'Tell me a long story.' }]

export async function open({ url, load }) {
  const { streamText } = await load('@xsai/stream-text')
  const { generateText } = await load('@xsai/generate-text')
  const options = { apiKey: 'test', baseURL: `${url}/v1/`, model: 'bench', messages }
  return {
    async stream(onText) {
      const { textStream } = streamText({ ...options, streamOptions: { includeUsage: true } })
      for await (const text of textStream) onText(text)
    },
    generate: async () => (await generateText(options)).text,
  }
}
