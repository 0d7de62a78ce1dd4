// What `npm run demo` runs, on the built-in local models: an answer is streamed, the sentence nearest to the question is found, a picture is drawn, functions are written and tested in a sandbox. No key; no network.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { anymodel, cosineSimilarity } from 'anymodel'
import { pictureDisplay } from 'anymodel/terminal'
import progress from 'cli-progress'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { picture: { type: 'string', default: 'a blue star on a yellow background' } },
})
const question = positionals[0] ?? 'Explain in two sentences why the sky is blue.'
const bar = new progress.SingleBar(
  { format: 'Loading {model} [{bar}] {percentage}%', stream: process.stderr, hideCursor: true, linewrap: true },
  progress.Presets.rect,
)

console.log(
  'Three small models run in this process: no key, and nothing leaves the machine. The first has 135 million parameters.\n',
)

const models = {
  chat: 'onnx/smollm2-135m-instruct',
  embedding: 'onnx/all-minilm-l6-v2',
  image: 'onnx/shapes-diffusion',
}
const ai = await anymodel({ config: { models }, onProgress })
try {
  await answer(question)
  await findNearest(question)
  await draw(values.picture)
  await writeFunctions()
} finally {
  bar.stop()
  await ai.close()
}

console.log(`
They are very small models, and often wrong. What to try next:
  node packages/anymodel/dist/cli.js "Why is the sky blue?"     the command line
  node packages/anymodel/dist/cli.js chat                       a conversation
  node packages/anymodel/dist/cli.js image "a red heart" -o heart.png
  node packages/anymodel/dist/cli.js code solve task.md --tests tests.mjs
  OPENAI_API_KEY=... ANYMODEL_CHAT=openai/gpt-6-luna node packages/anymodel/dist/cli.js "Why is the sky blue?"
  examples/                                                     programs of ten lines`)

async function answer(prompt) {
  const stream = ai.streamText({
    model: 'chat',
    system: 'You are a helpful assistant. Answer briefly.',
    prompt,
    temperature: 0.2,
    topP: 0.9,
    maxTokens: 160,
  })
  let firstAt = 0
  for await (const text of stream.textStream) {
    if (firstAt === 0) {
      firstAt = performance.now()
      console.log(`> ${prompt}\n`)
    }
    process.stdout.write(text)
  }
  const { usage, finishReason } = await stream.result
  const seconds = (performance.now() - firstAt) / 1000
  const speed = usage.output && seconds > 0 ? `, ${Math.round((usage.output - 1) / seconds)} tokens/s` : ''
  console.log(`\n\n${usage.input} tokens in, ${usage.output} tokens out${speed}; finished by: ${finishReason}\n`)
}

async function findNearest(text) {
  const sentences = [
    'Air scatters short waves of light more than long ones.',
    'Bread needs an hour in the oven.',
    'The train to Graz leaves at seven.',
    'A cat sleeps sixteen hours a day.',
    'Interest rates went up again in spring.',
  ]
  const { embedding } = await ai.embed({ model: 'embedding', value: text })
  const { embeddings } = await ai.embedMany({ model: 'embedding', values: sentences })
  const ranked = sentences
    .map((sentence, at) => ({ sentence, nearness: cosineSimilarity(embedding, embeddings[at]) }))
    .sort((a, b) => b.nearness - a.nearness)
  console.log('Nearest to the question, of five sentences:\n')
  for (const { sentence, nearness } of ranked) console.log(`  ${nearness.toFixed(2)}  ${sentence}`)
  console.log()
}

async function draw(prompt) {
  const display = pictureDisplay(process.stdout)
  const stream = ai.streamImage({ model: 'image', prompt, previews: display !== undefined })
  let steps = 0
  for await (const event of stream) {
    if (event.type === 'progress') {
      if (steps === 0) console.log(`> ${prompt}\n`)
      steps = event.step
    } else if (event.type === 'preview' || event.type === 'image') await display?.show(event)
  }
  display?.done()
  const [picture] = (await stream.result).images
  const path = join(tmpdir(), 'anymodel-demo.png')
  await picture.save(path)
  console.log(`${picture.width} x ${picture.height} pixels in ${steps} steps, seed ${picture.seed}: ${path}`)
}

async function writeFunctions() {
  console.log(
    '\nTwo functions, written by the first model and tested in a sandbox. It is no programmer: what counts is that the tests tell.',
  )
  await verify('Write a function largest(numbers) that returns the largest number of an array.', 'largest', [
    [[[1, 5, 3]], 5],
    [[[-4, -2, -9]], -2],
    [[[7]], 7],
    [[[2, 2]], 2],
  ])
  await verify(
    'Write a function countVowels(text) that counts the vowels of a text, small and capital.',
    'countVowels',
    [
      [['hello'], 2],
      [['xyz'], 0],
      [['AEIOU'], 5],
      [['An Apple'], 3],
    ],
  )
}

async function verify(task, entryPoint, pairs) {
  console.log(`\n> ${task}\n`)
  const cases = pairs.map(([input, output]) => ({ input, output }))
  const stream = ai.streamVerifiedCode({
    model: 'chat',
    task,
    language: 'javascript',
    tests: { entryPoint, cases },
    samples: 3,
    repairs: 1,
    maxTokens: 80,
    budget: { timeMs: 30_000 },
  })
  try {
    for await (const event of stream) {
      if (event.type === 'attempt-end' && event.attempt.code !== '') console.log(`  ${outcome(event.attempt)}`)
      if (event.type === 'repair') console.log('  None passed: the best goes back with what went wrong.')
    }
    const { code, passed, evidence } = await stream.result
    console.log(`\n${code.trimEnd()}\n`)
    const tried = evidence.attempts.filter((attempt) => attempt.code !== '').length
    console.log(
      passed
        ? `Verified: attempt ${evidence.chosen + 1} of ${tried} passes.`
        : `Not verified: none of ${tried} attempts passes, this is the best.`,
    )
  } catch (error) {
    if (error.code !== 'timeout') throw error
    console.log('  No attempt was done within 30 seconds.')
  }
}

function outcome({ index, problem, tests, duplicateOf }) {
  if (duplicateOf !== undefined) return `attempt ${index + 1}: the same as attempt ${duplicateOf + 1}`
  if (tests === undefined) return `attempt ${index + 1}: ${problem?.split('\n')[0]}`
  const failed = tests.tests.find((test) => !test.passed)
  const passed = tests.tests.filter((test) => test.passed).length
  return `attempt ${index + 1}: ${passed} of ${tests.tests.length} tests${failed ? ` (${failed.message?.split('\n')[0]})` : ''}`
}

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
