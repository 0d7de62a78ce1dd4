// Structured output while it streams: what one document costs, and whether twice the document costs twice as much.
import { startClient, startUpstream } from './processes.mjs'
import { median, rounds } from './rounds.mjs'

export const title = 'Streamed structured output: CPU per document, milliseconds'

const documents = {
  '10 KB, 1,000': { events: 1_000, bytes: 10_000 },
  '20 KB, 2,000': { events: 2_000, bytes: 20_000 },
  '42 KB, 8,400': { events: 8_400, bytes: 42_000 },
}
const [half, whole, large] = Object.keys(documents)

/** How much dearer the document of twice the size may be. The quick run has few samples; what grows with the square costs four times as much. */
const growthLimit = { full: 2.2, quick: 3 }

const clients = {
  anymodel: { file: 'anymodel', wire: 'chat' },
  'ai-sdk': { file: 'ai-sdk', wire: 'chat' },
}

export async function run({ quick, rounds: count = quick ? 5 : 7 }) {
  const names = quick ? ['anymodel'] : Object.keys(clients)
  const upstream = await startUpstream()
  const running = new Map()
  for (const name of names) running.set(name, await startClient(clients[name]))
  const ask = (name, document, times) =>
    running.get(name).call('object', { url: upstream.url(documents[document]), times })
  try {
    await rounds(names, 4, (name) => ask(name, whole, name === 'anymodel' ? 40 : 1))
    const samples = await rounds(names, count, async (name) => {
      const costs = {}
      // The others read a large document again with every event: once, with the small round, is enough.
      for (const document of [half, whole]) costs[document] = await ask(name, document, name === 'anymodel' ? 20 : 1)
      return costs
    })
    const largest = await rounds(names, quick ? 1 : 3, (name) => ask(name, large, name === 'anymodel' ? 5 : 1))
    return report(samples, largest, growthLimit[quick ? 'quick' : 'full'])
  } finally {
    for (const client of running.values()) client.stop()
    upstream.stop()
  }
}

function report(samples, largest, limit) {
  const names = [...samples.keys()]
  const ms = (name, document) =>
    median(
      document === large
        ? (largest.get(name) ?? []).map(({ cpu }) => cpu / 1_000)
        : samples.get(name).map((costs) => costs[document].cpu / 1_000),
    )
  const growth = (name) => median(samples.get(name).map((costs) => costs[whole].cpu / costs[half].cpu))
  const all = Object.keys(documents)
  const rounded = (value) => Math.round(value * 100) / 100
  const grown = names.filter((name) => name === 'anymodel' && growth(name) > limit)
  return {
    head: ['client', ...all.map((document) => `${document} deltas`), '20 KB over 10 KB'],
    rows: names.map((name) => [name, ...all.map((document) => ms(name, document)), growth(name)]),
    json: {
      growth: Object.fromEntries(names.map((name) => [name, rounded(growth(name))])),
      milliseconds: Object.fromEntries(
        names.map((name) => [name, Object.fromEntries(all.map((document) => [document, rounded(ms(name, document))]))]),
      ),
    },
    problems: grown.map(
      (name) => `${name}: a document of twice the size costs ${growth(name).toFixed(2)} times as much.`,
    ),
  }
}
