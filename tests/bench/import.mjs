// What importing costs: fresh processes that take turns, each timing its own import.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median, rounds } from './rounds.mjs'

export const title = 'Import in a fresh process, milliseconds over bare Node'

/** Milliseconds that importing the core may cost. */
const limit = 30

const programs = {
  '@anymodel/core': ['@anymodel/core'],
  '@anymodel/core and a provider': ['@anymodel/core', '@anymodel/providers/groq'],
  anymodel: ['anymodel'],
  undici: ['undici'],
  zod: ['zod'],
  openai: ['openai'],
  'ai and @ai-sdk/openai': ['ai', '@ai-sdk/openai'],
}

const cwd = fileURLToPath(new URL('..', import.meta.url))

async function time(names) {
  const imports = names.map((name) => `await import('${name}')`).join('\n')
  const code = `const before = performance.now()\n${imports}\nconsole.log(performance.now() - before)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { cwd })
  return Number(stdout)
}

export async function run({ quick, rounds: count = quick ? 5 : 15 }) {
  const samples = await rounds(Object.keys(programs), count, (name) => time(programs[name]))
  const ms = new Map([...samples].map(([name, list]) => [name, Math.round(median(list) * 10) / 10]))
  const core = ms.get('@anymodel/core')
  return {
    head: ['import', 'ms'],
    rows: [...ms],
    json: { milliseconds: Object.fromEntries(ms) },
    problems: !quick && core > limit ? [`Importing @anymodel/core costs ${core} ms, ${limit} are allowed.`] : [],
  }
}
