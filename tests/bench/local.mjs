// Local models side by side: the same files, threads and prompts, clients taking turns in one run. The floor is the time inside `session.run`.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { downloadGguf, installLlama, installTransformers } from './local-peers.mjs'
import { startProcess } from './processes.mjs'
import { median, rounds } from './rounds.mjs'
import { fragments } from './words.mjs'

export const title = `Local models, ${availableParallelism()} threads: medians; x is how many times as fast anymodel is`

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const shared = (name) => path(`../../../shared/${name}`)

const models = {
  smollm2: { folder: path('../../packages/model-smollm2-135m-instruct'), dtype: 'q4' },
  minilm: { folder: path('../../packages/model-all-minilm-l6-v2'), dtype: 'q8' },
  stories: { folder: shared('models/stories260k-onnx'), dtype: 'fp32' },
  whisper: { folder: shared('models/whisper-tiny.en'), dtype: 'q8' },
}
const speech = shared('datasets/audio/jfk.wav')
const speechSeconds = 11

const chat = (content, system = 'You are a helpful assistant.') => [
  { role: 'system', content: system },
  { role: 'user', content },
]
const story = (of) => chat(`Write a long story about ${of}.`)
const heroes = ['a lighthouse', 'an old fox', 'a train', 'a baker', 'two rivers', 'a lost key', 'the moon', 'a violin']

/** About 500 tokens that begin differently in every round. */
const logbook = (round) =>
  Array.from(
    { length: 18 },
    (_, day) =>
      `Log ${round}-${day}: the keeper wrote that the wind came from the north and the lamp burned all night.`,
  ).join(' ')

const passage =
  'The harbour opens at six in the morning. Boats with fish go to the eastern quay, boats with passengers to the western one. Dogs have to be kept on a lead, and bicycles may not be ridden. The crane lifts twelve tonnes; heavier loads need the permission of the harbour master, whose office is behind the customs house. In winter the gates close at four, in summer at nine.'

const repeating = [
  ...chat('Write the rules of the harbour.'),
  { role: 'assistant', content: passage },
  { role: 'user', content: 'Write them again, word for word.' },
]

const perSecond = ({ tokens, ms }) => (1_000 * tokens) / ms
/** Once it writes: reading the prompt has lines of its own. */
const writing = ({ tokens, ms, firstMs }) => (1_000 * (tokens - 1)) / (ms - firstMs)
const first = ({ firstMs, ms }) => firstMs ?? ms

/**
 * What is measured. `args(round, quick)` is the task; `before` is done first and not measured; `value` makes a figure of what came back: more is better unless `less`; `answer` is what clients
 * should agree on.
 */
const cases = {
  'text, tokens/s': {
    task: 'text',
    args: (_, quick) => ({ ...models.smollm2, chats: [story(heroes[0])], maxTokens: quick ? 24 : 96 }),
    value: writing,
    answer: ({ texts }) => texts[0],
  },
  'text, stories260k, tokens/s': {
    task: 'text',
    args: (_, quick) => ({ ...models.stories, chats: ['Once upon a time'], maxTokens: quick ? 48 : 384 }),
    value: writing,
    answer: ({ texts }) => texts[0],
  },
  'eight texts at once, tokens/s': {
    task: 'text',
    args: (_, quick) => ({ ...models.smollm2, chats: heroes.map(story), maxTokens: quick ? 8 : 64 }),
    value: perSecond,
  },
  'first token after 500 new ones, ms': {
    task: 'text',
    args: (round) => ({ ...models.smollm2, chats: [chat('Which lamp?', logbook(`${round}a`))], maxTokens: 1 }),
    value: first,
    less: true,
  },
  'first token after 500 known ones, ms': {
    task: 'text',
    before: (round) => ({ ...models.smollm2, chats: [chat('Which lamp?', logbook(`${round}b`))], maxTokens: 1 }),
    args: (round) => ({ ...models.smollm2, chats: [chat('Whose wind?', logbook(`${round}b`))], maxTokens: 1 }),
    value: first,
    less: true,
  },
  'text that repeats its input, tokens/s': {
    task: 'text',
    args: (_, quick) => ({
      ...models.smollm2,
      chats: [repeating],
      maxTokens: quick ? 24 : 80,
      guess: true,
    }),
    value: writing,
  },
  'vectors, texts/s': {
    task: 'embed',
    args: (_, quick) => ({ ...models.minilm, values: texts(quick ? 32 : 256) }),
    value: ({ vectors, ms }) => (1_000 * vectors.length) / ms,
    answer: ({ vectors }) => vectors,
  },
  'speech, seconds/s': {
    task: 'transcribe',
    args: () => ({ ...models.whisper, audio: speech }),
    value: ({ ms }) => (1_000 * speechSeconds) / ms,
    answer: ({ text }) => text,
  },
}

/** Texts of 3 to 120 words, long ones among short ones. */
function texts(count) {
  const words = fragments(100 * count)
  return Array.from({ length: count }, (_, at) =>
    words
      .slice(100 * at, 100 * at + 3 + ((at * 37) % 98))
      .join('')
      .trim(),
  )
}

const clients = {
  anymodel: () => ({ file: 'local-anymodel.mjs', runtime: path('../../packages/onnx/package.json') }),
  'transformers.js'() {
    const packages = installTransformers()
    const runtime = `${packages}/node_modules/@huggingface/transformers/package.json`
    return packages && { file: 'local-transformers.mjs', packages, runtime }
  },
  'node-llama-cpp'() {
    const packages = installLlama()
    const gguf = packages && downloadGguf()
    return gguf && { file: 'local-llama.mjs', packages, gguf }
  },
}

const others = Object.keys(clients).slice(1)

export async function run({ quick, peers = others, rounds: count = quick ? 1 : 3 }) {
  const running = await start(quick ? [] : peers.filter((name) => others.includes(name)))
  const samples = new Map()
  const delays = new Map()
  let round = 0
  const ask = async (name, label, watch = false) => {
    const { task, args, before } = cases[label]
    const at = round++
    try {
      if (before) await running.get(name).call(task, before(at, quick))
      return await running.get(name).call(task, { ...args(at, quick), watch })
    } catch (error) {
      throw new Error(`${label}: ${error.message.split('\n')[0]}`)
    }
  }
  try {
    for (const label of Object.keys(cases)) {
      const { folder } = cases[label].args(0, quick)
      if (!existsSync(folder)) {
        console.error(`${label} is left out: there is no folder ${folder}.`)
        continue
      }
      const able = await rounds([...running.keys()], 1, (name) => warm(() => ask(name, label), quick ? 0 : warmMs))
      samples.set(label, await rounds([...able.keys()], count, (name) => ask(name, label)))
      delays.set(label, (await ask('anymodel', label, true)).delayMs)
    }
    return report(samples, delays, [...running.keys()])
  } finally {
    for (const client of running.values()) client.stop()
  }
}

/** How long a client does a task before it is measured: models are loaded, and the code of everybody gets warm. */
const warmMs = 2_000

async function warm(task, ms) {
  const start = performance.now()
  do await task()
  while (performance.now() - start < ms)
}

async function start(names) {
  const running = new Map()
  for (const name of ['anymodel', ...names]) {
    const { file, runtime, ...settings } = clients[name]() ?? {}
    if (!file) continue
    const args = [path(file), JSON.stringify({ threads: availableParallelism(), ...settings })]
    const watched = runtime && { execArgv: ['--import', new URL('local-runs.mjs', import.meta.url).href] }
    try {
      const options = { name, ...watched, env: { LOCAL_BENCH_RUNTIME: runtime ?? '' } }
      running.set(name, await startProcess('local-client.mjs', args, options))
    } catch (error) {
      console.error(`${name} is left out: ${error.message.split('\n')[0]}`)
    }
  }
  return running
}

function report(samples, delays, names) {
  const labels = [...samples.keys()]
  const of = (name, label, value) => median((samples.get(label)?.get(name) ?? []).map(value))
  const figure = (name, label) => of(name, label, cases[label].value)
  const floor = (name, label) => of(name, label, ({ ms, runMs }) => (runMs > 0 ? ms / runMs : Number.NaN))
  /** How many times as fast ours is. */
  const times = (name, label) => {
    const ratio = figure('anymodel', label) / figure(name, label)
    return cases[label].less ? 1 / ratio : ratio
  }
  const [one, , eight, unknown, known, repeated] = Object.keys(cases)
  const byCase = (value) => defined(labels.map((label) => [label, value(label)]))
  const byName = (value) => defined(names.map((name) => [name, value(name)]))
  const overPeers = names.slice(1)
  return {
    head: ['', ...names, ...overPeers.map((name) => `x ${name}`), 'time over session.run', 'loop delay p99, ms'],
    rows: labels.map((label) => [
      label,
      ...names.map((name) => figure(name, label)),
      ...overPeers.map((name) => times(name, label)),
      floor('anymodel', label),
      delays.get(label),
    ]),
    json: {
      ratios: {
        overFloor: byCase((label) => floor('anymodel', label)),
        over: Object.fromEntries(overPeers.map((name) => [name, byCase((label) => times(name, label))])),
        eightOverOne: byName((name) => figure(name, eight) / of(name, one, perSecond)),
        newOverKnownPrefix: byName((name) => figure(name, unknown) / figure(name, known)),
        repeatedOverPlain: byName((name) => figure(name, repeated) / figure(name, one)),
      },
      figures: Object.fromEntries(names.map((name) => [name, byCase((label) => figure(name, label))])),
      floors: Object.fromEntries(names.map((name) => [name, byCase((label) => floor(name, label))])),
      loopDelayMs: byCase((label) => delays.get(label)),
      agree: Object.fromEntries(overPeers.map((name) => [name, agreement(samples, name)])),
    },
  }
}

/** How far a client's answers are ours: the share of a text until it becomes another, or the least cosine of the vectors. */
function agreement(samples, name) {
  return defined(
    [...samples].flatMap(([label, all]) => {
      const { answer } = cases[label]
      const [ours, theirs] = [all.get('anymodel')?.at(-1), all.get(name)?.at(-1)]
      if (!answer || !ours || !theirs) return []
      const [a, b] = [answer(ours), answer(theirs)]
      return [[label, typeof a === 'string' ? common(a, b) : Math.min(...a.map((vector, at) => cosine(vector, b[at])))]]
    }),
  )
}

/** By letters and digits alone. */
function common(...texts) {
  const [a, b] = texts.map((text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''))
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at / Math.max(a.length, b.length)
}

/** Of vectors of length 1. */
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0)
const round = (value) => Math.round(value * 1_000) / 1_000
const defined = (pairs) =>
  Object.fromEntries(pairs.filter(([, value]) => Number.isFinite(value)).map(([key, value]) => [key, round(value)]))
