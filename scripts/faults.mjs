// `pnpm faults [--json]`: what must hold when services fail, S01 to S22, in every protocol, against a server that fails over real HTTP (tests/faults). About half a minute.
// --json    { protocol: { S01: 'pass' or why not } } on stdout instead of the table
import { parseArgs } from 'node:util'
import { scenarios } from '../tests/faults/scenarios.ts'
import { runTable } from '../tests/faults/table.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })

const results = await runTable({ stall: 3_000, retryAfter: 2_000, atOnce: 50 })
const protocols = Object.keys(results)
const failures = protocols.flatMap((protocol) =>
  Object.entries(results[protocol])
    .filter(([, outcome]) => outcome !== 'pass')
    .map(([id, outcome]) => `${id} ${protocol}: ${outcome}`),
)
if (values.json) console.log(JSON.stringify(results))
else {
  const line = (id, cells, fault) =>
    [id, ...cells.map((cell, at) => cell.padEnd(protocols[at].length)), fault].join('  ')
  console.log(line('   ', protocols, 'fault'))
  for (const [id, { fault }] of Object.entries(scenarios)) {
    const cells = protocols.map((protocol) => (results[protocol][id] === 'pass' ? 'pass' : 'FAIL'))
    console.log(line(id, cells, fault))
  }
  console.log(failures.length > 0 ? `\n${failures.join('\n')}` : '\nall pass')
}
if (failures.length > 0) process.exitCode = 1
