// `pnpm check [name ...]`: everything that has to hold before a change lands, or the named parts of it. All parts run, so that one run tells everything.
import { succeeds } from './programs.mjs'

const parts = {
  format: () => succeeds('biome', 'ci', '.'),
  types: () => succeeds('tsc', '-b'),
  architecture: () => succeeds('node', 'scripts/check-architecture.mjs'),
  exports: () => succeeds('node', 'scripts/check-exports.mjs'),
  unused: () => succeeds('knip', '--no-progress'),
  tests: () => succeeds('vitest', 'run'),
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts)
const unknown = names.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`No check is called ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}
const failed = []
for (const name of names) {
  console.log(`\n== ${name}`)
  if (!parts[name]()) failed.push(name)
}
console.log(failed.length > 0 ? `\nfailed: ${failed.join(', ')}` : `\nok: ${names.join(', ')}`)
if (failed.length > 0) process.exitCode = 1
