import { describe, it } from 'vitest'
import { scenarios } from './scenarios.ts'
import { speakers } from './speakers.ts'
import { runScenario } from './table.ts'

// `pnpm faults` runs the same with longer waits, and is stricter about what has to happen at once.
const times = { stall: 800, retryAfter: 1_000, atOnce: 500 }

for (const protocol of Object.keys(speakers))
  describe.concurrent(`what goes wrong with a service: ${protocol}`, () => {
    for (const [id, { fault, required }] of Object.entries(scenarios))
      it.concurrent(`${id} ${fault}: ${required}`, () => runScenario(id, protocol, times))
  })
