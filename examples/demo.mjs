// What `npm run demo` runs: the built-in local model streams an answer. No key; no network.
import { anymodel } from 'anymodel'
import progress from 'cli-progress'

const question = process.argv[2] ?? 'Explain in two sentences why the sky is blue.'
const bar = new progress.SingleBar(
  { format: 'Loading {model} [{bar}] {percentage}%', stream: process.stderr, hideCursor: true, linewrap: true },
  progress.Presets.rect,
)

console.log(
  'A language model with 135 million parameters answers in this process: no key, and nothing leaves the machine.\n',
)

const ai = await anymodel({ config: { models: { chat: 'onnx/smollm2-135m-instruct' } }, onProgress })
let firstAt = 0
try {
  const stream = ai.streamText({
    model: 'chat',
    system: 'You are a helpful assistant. Answer briefly.',
    prompt: question,
    temperature: 0.2,
    topP: 0.9,
    maxTokens: 160,
  })
  for await (const text of stream.textStream) {
    if (firstAt === 0) {
      firstAt = performance.now()
      console.log(`> ${question}\n`)
    }
    process.stdout.write(text)
  }
  const { usage, finishReason } = await stream.result
  const seconds = (performance.now() - firstAt) / 1000
  const speed = usage.output && seconds > 0 ? `, ${Math.round((usage.output - 1) / seconds)} tokens/s` : ''
  console.log(`\n\n${usage.input} tokens in, ${usage.output} tokens out${speed}; finished by: ${finishReason}`)
} finally {
  bar.stop()
  await ai.close()
}

console.log(`
It is a very small model, and often wrong. What to try next:
  node packages/anymodel/dist/cli.js "Why is the sky blue?"     the command line
  node packages/anymodel/dist/cli.js chat                       a conversation
  OPENAI_API_KEY=... ANYMODEL_CHAT=openai/gpt-6-luna node packages/anymodel/dist/cli.js "Why is the sky blue?"
  examples/                                                     programs of ten lines`)

/** A bar on a terminal, a line elsewhere. */
function onProgress({ model, stage, fraction, totalBytes }) {
  const percent = Math.round(fraction * 100)
  if (!process.stderr.isTTY) {
    if (stage === 'ready') console.error(`Loaded ${model} (${Math.round(totalBytes / 1e6)} MB).\n`)
  } else if (!bar.isActive) bar.start(100, percent, { model })
  else bar.update(percent)
  if (stage === 'ready' && bar.isActive) {
    bar.stop()
    console.error()
  }
}
