// One client of local models in a process of its own: `local-client.mjs <client.mjs> <settings as JSON>`. It takes one task at a time and answers with what it cost.
// A client module exports `open(settings)`, which gives the tasks that it can do:
//   text({ folder, dtype, chats, maxTokens, ... })  one answer for each chat, all at once: { texts, tokens, firstMs }
//   embed({ folder, dtype, values })                { vectors }
//   transcribe({ folder, audio })                   { text }
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { BroadcastChannel } from 'node:worker_threads'

/** Threads that count their time inside the runtime (`local-runs.mjs`), and what they said last. */
const threads = new Map()
let told = () => {}
const channel = new BroadcastChannel('local-bench-runs')
channel.onmessage = ({ data }) => {
  if (data.threadId === undefined) return
  threads.set(data.threadId, data)
  told()
}
let question = 0

/** Milliseconds inside the ONNX runtime so far, over all threads; 0 for a client without it. */
async function insideRuntime() {
  // A thread that was just started says so first.
  await sleep(20)
  channel.postMessage({ question: ++question })
  const open = () => [...threads.values()].some(({ answer }) => answer !== question)
  while (open()) await new Promise((resolve) => (told = resolve))
  return [...threads.values()].reduce((sum, { inside }) => sum + inside, 0)
}

const [, , file, settings] = process.argv
const client = await (await import(pathToFileURL(file))).open(JSON.parse(settings))

const tasks = {
  text: (args) => client.text(args),
  embed: async (args) => ({ vectors: (await client.embed(args)).map((vector) => Array.from(vector)) }),
  transcribe: ({ audio, ...args }) => client.transcribe({ ...args, audio: readFileSync(audio) }),
}

async function measured(task) {
  const before = await insideRuntime()
  const start = performance.now()
  const result = await task()
  const ms = performance.now() - start
  return { ...result, ms, runMs: (await insideRuntime()) - before }
}

/** How late the event loop comes to what is due, p99 in ms. Not while time is measured: it wakes an idle thread a thousand times a second. */
async function watched(task) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await task()
  delay.disable()
  return { delayMs: delay.percentile(99) / 1e6 }
}

process.on('disconnect', () => process.exit())
process.on('message', async ({ task, args }) => {
  const { watch, ...rest } = args
  try {
    if (!client[task]) throw new Error(`it has no task ${task}`)
    process.send({ value: await (watch ? watched : measured)(() => tasks[task](rest)) })
  } catch (error) {
    process.send({ error: client[task] ? String(error?.stack ?? error) : error.message })
  }
})
await sleep(0)
process.send({ ready: true })
