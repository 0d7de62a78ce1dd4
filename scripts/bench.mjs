// `pnpm bench [name ...] [--json] [--quick] [--peers a,b] [--rounds n]`: runs tests/bench/<name>.mjs on the built packages and prints a table each; all of them when none is named.
// --json    one JSON object on stdout instead (with several names: by name)
// --quick   ours and the reference only, a few seconds; fails when the cost per event grows with the length of the stream
// --peers   which clients of others to install for the comparison (`none`: those that are installed anyway). Default: all
// --rounds  how often every client takes its turn
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { output } from './programs.mjs'

const all = ['stream', 'generate', 'object', 'paced', 'size', 'import', 'types', 'local', 'image', 'routing', 'rag']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    peers: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const names = positionals.length > 0 ? positionals : all
const unknown = names.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  process.exit(2)
}

const options = {
  quick: values.quick,
  ...(values.peers === undefined ? {} : { peers: values.peers === 'none' ? [] : values.peers.split(',') }),
  ...(values.rounds === undefined ? {} : { rounds: Number(values.rounds) }),
}

const text = (value) =>
  typeof value === 'number' ? (Number.isFinite(value) ? value.toFixed(value < 100 ? 2 : 0) : '-') : String(value)

function table(head, rows) {
  const lines = [head, ...rows].map((line) => line.map(text))
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '))
    .join('\n')
}

output('tsup', [])

const results = {}
for (const name of names) {
  const { title, run } = await import(`../tests/bench/${name}.mjs`)
  const { head, rows, tables = [{ title, head, rows }], json, problems = [] } = await run(options)
  results[name] = json
  if (!values.json) for (const each of tables) console.log(`${each.title}\n\n${table(each.head, each.rows)}\n`)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
const machine = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}`
if (values.json) console.log(JSON.stringify(names.length === 1 ? results[names[0]] : results))
else console.log(machine)
