// One short request that is not streamed, one after another on a warm connection: time and CPU per call.
import { chooseClients, rawOf, start } from './clients.mjs'
import { startUpstream } from './processes.mjs'
import { median, rounds } from './rounds.mjs'

export const title = 'One short request, not streamed (microseconds per call)'

const times = 300

export async function run(options) {
  const { quick, rounds: count = quick ? 3 : 7 } = options
  const upstream = await startUpstream()
  const chosen = chooseClients(options).filter(({ name }) => name !== 'raw sync')
  const clients = await start(chosen)
  const url = upstream.url({ events: 100 })
  try {
    await rounds([...clients.keys()], quick ? 1 : 4, (name) => clients.get(name).call('generate', { url, times }))
    const samples = await rounds([...clients.keys()], count, (name) =>
      clients.get(name).call('generate', { url, times }),
    )
    return report(clients, samples)
  } finally {
    for (const client of clients.values()) client.stop()
    upstream.stop()
  }
}

function report(clients, samples) {
  const of = (name, what) => median((samples.get(name) ?? []).map((sample) => sample[what]))
  const ratio = (name, what) => of(name, what) / of(rawOf(clients.get(name)), what)
  const names = [...samples.keys()]
  const table = (what) => Object.fromEntries(names.map((name) => [name, Math.round(ratio(name, what) * 100) / 100]))
  return {
    head: ['client', 'time', 'CPU', 'time x raw', 'CPU x raw'],
    rows: names.map((name) => [name, of(name, 'wall'), of(name, 'cpu'), ratio(name, 'wall'), ratio(name, 'cpu')]),
    json: {
      ratioToRaw: table('wall'),
      cpuRatioToRaw: table('cpu'),
      microseconds: Object.fromEntries(names.map((name) => [name, Math.round(of(name, 'wall'))])),
    },
  }
}
