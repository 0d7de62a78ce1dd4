// A role of the config file plays the model; the conversation is plain JSON.
// Run with ANYMODEL_CHAT=openai/gpt-6-luna to go on with another model: no line here changes.
import { anymodel } from 'anymodel'

const ai = await anymodel()
let messages: object[] = []

for (const question of ['What is a tide?', 'And a spring tide?']) {
  const stream = ai.streamText({
    model: 'chat',
    system: 'Answer in one sentence.',
    messages: [...messages, { role: 'user', content: question }] as never,
    maxTokens: 60,
  })
  console.log(`> ${question}`)
  for await (const text of stream.textStream) process.stdout.write(text)
  console.log()
  messages = JSON.parse(JSON.stringify((await stream.result).messages))
}

console.log(`${messages.length} messages`)
await ai.close()
