// Who is measured. `wire` is the format a client speaks: its cost is compared with the raw client of the same format.
import { install, peers } from './peers.mjs'
import { startClient } from './processes.mjs'

const wires = ['chat', 'responses', 'messages', 'gemini']
const label = (name, wire) => (wire === 'chat' ? name : `${name} ${wire}`)
const onEveryWire = (name) => wires.map((wire) => ({ name: label(name, wire), file: name, wire }))

export const ours = onEveryWire('anymodel')
export const raw = onEveryWire('raw')
const others = [
  { name: 'raw sync', file: 'raw-sync', wire: 'chat' },
  { name: 'openai', file: 'openai', wire: 'chat' },
  { name: 'ai-sdk', file: 'ai-sdk', wire: 'chat' },
]

/** Name of the raw client to compare with. */
export const rawOf = ({ wire }) => label('raw', wire)

/** Ours and the reference, plus (unless `quick`) the others; `names` says which peers are installed for it, all by default. */
export function chooseClients({ quick, peers: names = Object.keys(peers) }) {
  if (quick) return [...raw, ...ours]
  const installed = names.flatMap((name) => {
    const folder = install(name)
    return folder ? [{ name, file: name, wire: 'chat', folder }] : []
  })
  return [...raw, ...ours, ...others, ...installed]
}

/** Starts them; one that does not start is left out with a word on stderr. */
export async function start(clients, execArgv) {
  const running = new Map()
  for (const client of clients) {
    try {
      running.set(client.name, { ...client, ...(await startClient(client, execArgv)) })
    } catch (error) {
      console.error(`${client.name} is left out: ${error.message.split('\n')[0]}`)
    }
  }
  return running
}
