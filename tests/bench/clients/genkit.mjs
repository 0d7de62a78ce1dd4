const request = { model: 'bench/gpt-4.1-mini', prompt: 'Tell me a long story.' }

export async function open({ url, load }) {
  const { genkit } = await load('genkit')
  const { openAICompatible } = await load('@genkit-ai/compat-oai')
  const plugin = openAICompatible({ name: 'bench', apiKey: 'test', baseURL: `${url}/v1` })
  const ai = genkit({ plugins: [plugin] })
  return {
    async stream(onText) {
      for await (const { text } of ai.generateStream(request).stream) if (text) onText(text)
    },
    generate: async () => (await ai.generate(request)).text,
  }
}
