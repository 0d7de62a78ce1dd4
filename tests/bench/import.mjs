// What a process pays for importing: fresh processes that take turns, minus one that imports nothing.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median, rounds } from './rounds.mjs'

export const title = 'Import in a fresh process, milliseconds over bare Node'

/** Milliseconds that importing the core may cost. */
const limit = 30

const programs = {
  'bare Node': [],
  '@anymodel/core': ['@anymodel/core'],
  '@anymodel/core and a provider': ['@anymodel/core', '@anymodel/providers/groq'],
  anymodel: ['anymodel'],
  undici: ['undici'],
  zod: ['zod'],
  openai: ['openai'],
  'ai and @ai-sdk/openai': ['ai', '@ai-sdk/openai'],
}

const cwd = fileURLToPath(new URL('..', import.meta.url))

function time(names) {
  const code = names.map((name) => `await import('${name}')`).join('\n')
  const before = performance.now()
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  return new Promise((resolve, reject) => {
    let words = ''
    child.stderr.on('data', (text) => {
      words += text
    })
    child.on('close', (exit) =>
      exit === 0 ? resolve(performance.now() - before) : reject(new Error(words.trim().split('\n').at(-1))),
    )
  })
}

export async function run({ quick, rounds: count = quick ? 5 : 15 }) {
  const samples = await rounds(Object.keys(programs), count, (name) => time(programs[name]))
  const bare = median(samples.get('bare Node'))
  const over = new Map([...samples].slice(1).map(([name, list]) => [name, median(list) - bare]))
  const core = over.get('@anymodel/core')
  return {
    head: ['import', 'ms'],
    rows: [['bare Node', bare], ...over],
    json: { bareMs: bare, overBareMs: Object.fromEntries(over) },
    problems: !quick && core > limit ? [`Importing @anymodel/core costs ${core.toFixed(0)} ms, ${limit} are allowed.`] : [],
  }
}
