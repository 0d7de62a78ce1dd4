import { type FaultServer, faultServer } from '@anymodel/testing'
import type { Scene } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { speakers } from './speakers.ts'

/** The lengths of time that a scenario works with. */
export type Times = Pick<Scene, 'stall' | 'retryAfter' | 'atOnce'>

/** How long a service is down that comes back. */
const outage = 500

/** Runs one scenario in one protocol, on a server of its own. Throws when what is required does not hold. */
export async function runScenario(id: string, protocol: string, times: Times): Promise<void> {
  let first: number | undefined
  const down = () => {
    first ??= performance.now()
    return performance.now() - first < outage ? { error: { status: 503, message: 'Down.' } } : undefined
  }
  const server: FaultServer = await faultServer({ ...times, faults: { down } })
  const speak = speakers[protocol]
  const scenario = scenarios[id]
  try {
    if (!speak || !scenario) throw new Error(`There is no ${id} for ${protocol}.`)
    const scene: Scene = { ...times, server, model: (name) => speak(server.url, name) }
    await scenario.run(scene)
  } finally {
    await server.close()
  }
}

/** What came of every scenario in every protocol: `pass`, or why not. */
export async function runTable(times: Times): Promise<Record<string, Record<string, string>>> {
  const columns = await Promise.all(
    Object.keys(speakers).map(async (protocol) => {
      const rows: Record<string, string> = {}
      for (const id of Object.keys(scenarios))
        rows[id] = await runScenario(id, protocol, times).then(
          () => 'pass',
          (error: Error) => error.message.split('\n')[0] ?? 'failed',
        )
      return [protocol, rows] as const
    }),
  )
  return Object.fromEntries(columns)
}
