// CPU per streamed event, from the bytes of an HTTP response to text fragments.
import { chooseClients, rawOf, start } from './clients.mjs'
import { startUpstream } from './processes.mjs'
import { median, rounds } from './rounds.mjs'

export const title = 'CPU per streamed event, HTTP bytes to text (process CPU, microseconds)'

const cells = {
  '2,000': { events: 2_000, write: 'burst' },
  '20,000': { events: 20_000, write: 'burst' },
  blocks: { events: 2_000, write: 'block' },
}

/** How much dearer an event may be in the long stream than in the short one. */
const growthLimit = 2

export async function run(options) {
  const { quick, rounds: count = quick ? 3 : 5 } = options
  const upstream = await startUpstream()
  const clients = await start(chooseClients(options))
  try {
    const names = Object.keys(cells).filter((cell) => !quick || cell !== 'blocks')
    const measured = {}
    const warm = await warmUp(clients, upstream, quick ? 300_000 : 1_000_000)
    const target = quick ? 60_000 : 250_000
    const samples = await rounds([...warm.keys()], count, async (name) => {
      const costs = {}
      for (const cell of names)
        costs[cell] = await sample(clients.get(name), upstream, cells[cell], warm.get(name), target)
      return costs
    })
    for (const [name, list] of samples)
      measured[name] = Object.fromEntries(names.map((cell) => [cell, median(list.map((costs) => costs[cell].cpu))]))
    return report(clients, measured, names)
  } finally {
    for (const client of clients.values()) client.stop()
    upstream.stop()
  }
}

/** Runs every client until it has used `cpu` microseconds; gives what an event costs it then. A client that can't is left out. */
async function warmUp(clients, upstream, cpu) {
  const costs = new Map()
  for (const [name, client] of clients) {
    try {
      let used = 0
      let last
      while (used < cpu) {
        last = await client.call('stream', { url: upstream.url(cells['2,000']), events: 2_000, times: 3 })
        used += last.cpu * 2_000 * 3
      }
      costs.set(name, last)
    } catch (error) {
      console.error(`${name} is left out: ${error.message.split('\n')[0]}`)
      client.stop()
    }
  }
  return costs
}

/** One sample of about `target` microseconds of CPU, at least one stream. */
function sample(client, upstream, cell, { cpu, characters }, target) {
  const times = Math.max(1, Math.round(target / (cpu * cell.events)))
  return client.call('stream', {
    url: upstream.url(cell),
    warmUp: upstream.url(cells['2,000']),
    events: cell.events,
    times,
    ...(cell.events === 2_000 ? { characters } : {}),
  })
}

function report(clients, measured, names) {
  const ratio = (name, cell) => measured[name][cell] / measured[rawOf(clients.get(name))]?.[cell]
  const growth = (name) => measured[name]['20,000'] / measured[name]['2,000']
  const all = Object.keys(measured)
  const of = (value) => Object.fromEntries(all.map((name) => [name, round(value(name))]))
  const grown = all.filter((name) => name.startsWith('anymodel') && growth(name) > growthLimit)
  return {
    head: ['client', ...names, 'x raw', 'growth'],
    rows: all.map((name) => [name, ...names.map((cell) => measured[name][cell]), ratio(name, '2,000'), growth(name)]),
    json: {
      ratioToRaw: of((name) => ratio(name, '2,000')),
      growth: of(growth),
      microseconds: Object.fromEntries(all.map((name) => [name, mapValues(measured[name], round)])),
    },
    problems: grown.map(
      (name) => `${name}: an event of a long stream costs ${growth(name).toFixed(2)} times one of a short stream.`,
    ),
  }
}

const round = (value) => Math.round(value * 100) / 100
const mapValues = (object, map) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
