import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../node_modules/.cache/request-types/', import.meta.url))
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

/** What the compiler says of a program whose odd lines are remarks: each complaint with the remark above its line. `name` is the file's, one for each test. */
export async function complaints(source: string, name: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.ts`)
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
