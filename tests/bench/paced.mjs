// Many answers at once, each with an event every 100 ms: memory, and how long the event loop is held up. A fresh process per run.
import { chooseClients, rawOf } from './clients.mjs'
import { startClient, startUpstream } from './processes.mjs'
import { median, rounds } from './rounds.mjs'

export const title = '1,000 concurrent streams, an event every 100 ms (medians of fresh processes)'

export async function run(options) {
  const { quick, rounds: count = quick ? 1 : 3 } = options
  const streams = quick ? 100 : 1_000
  const events = quick ? 20 : 80
  const upstream = await startUpstream()
  const wanted = new Set(['raw', 'anymodel', 'openai', 'ai-sdk', ...(options.peers ?? [])])
  const clients = new Map(chooseClients({ peers: [], ...options }).map((client) => [client.name, client]))
  const names = [...clients.keys()].filter((name) => wanted.has(name))
  try {
    const samples = await rounds(names, count, async (name) => {
      const client = await startClient(clients.get(name))
      try {
        return await client.call('paced', {
          url: upstream.url({ events, write: 'paced', every: 100 }),
          warmUp: upstream.url({ events: 2_000 }),
          streams,
          events,
        })
      } finally {
        client.stop()
      }
    })
    return report(clients, samples)
  } finally {
    upstream.stop()
  }
}

function report(clients, samples) {
  const of = (name, what) => median((samples.get(name) ?? []).map((sample) => sample[what]))
  const ratio = (name, what) => of(name, what) / of(rawOf(clients.get(name)), what)
  const names = [...samples.keys()]
  const rounded = (value) => Object.fromEntries(names.map((name) => [name, Math.round(value(name) * 100) / 100]))
  return {
    head: ['client', 'peak RSS, MB', 'x raw', 'loop delay p99, ms', 'CPU per event, us', 'x raw'],
    rows: names.map((name) => [
      name,
      of(name, 'rss') / 1e6,
      ratio(name, 'rss'),
      of(name, 'delay'),
      of(name, 'cpu'),
      ratio(name, 'cpu'),
    ]),
    json: {
      ratioToRaw: rounded((name) => ratio(name, 'rss')),
      cpuRatioToRaw: rounded((name) => ratio(name, 'cpu')),
      megabytes: rounded((name) => of(name, 'rss') / 1e6),
      delayMs: rounded((name) => of(name, 'delay')),
    },
  }
}
