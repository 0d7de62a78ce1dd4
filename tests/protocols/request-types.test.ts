import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { calls } from './calls.ts'
import { speakers } from './speakers.ts'
import { written } from './written.ts'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../node_modules/.cache/request-types/', import.meta.url))
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

/** A program that compiles when every body is what the service's own SDK would send. */
async function program(): Promise<string> {
  const lines: string[] = []
  for (const [speaker, how] of Object.entries(speakers)) {
    if (!how.type) continue
    const [module, name] = how.type
    for (const [call, asked] of Object.entries(calls)) {
      const { body } = await written(how, asked)
      // What `extra` adds is what no type knows.
      if (!body || asked.extra) continue
      lines.push(`// ${speaker}: ${call}`)
      lines.push(`export const _${lines.length}: import('${module}').${name} = ${JSON.stringify(body)}`)
    }
  }
  return lines.join('\n')
}

/** What the compiler says, each line with the call it is about. */
async function complaints(source: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'bodies.ts')
  writeFileSync(file, source)
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    'node',
  ]
  const { stdout } = await run(process.execPath, [compiler, '--ignoreConfig', ...options, file], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  )
  const lines = source.split('\n')
  return stdout
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map(
      (line) => `${lines[Number(/\((\d+),/.exec(line)?.[1] ?? 0) - 2] ?? ''} ${line.slice(line.indexOf('error TS'))}`,
    )
}

test("bodies are what the services' own SDKs would send", { timeout: 60_000 }, async () => {
  expect(await complaints(await program())).toEqual([])
})

test('a body with a field that the SDK does not know is found', { timeout: 60_000 }, async () => {
  const type = "import('openai/resources/chat/completions').ChatCompletionCreateParams"
  const found = await complaints(`// wrong\nexport const _1: ${type} = { model: 'm', messages: [], max_tokenz: 1 }`)
  expect(found).toEqual([expect.stringContaining('max_tokenz')])
})
