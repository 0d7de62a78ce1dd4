import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** What Node and modules bring along, so that types of packages need not be there. */
const ambient = `declare module '*'
declare const Buffer: any, process: any, require: any, module: any, exports: any, global: any
declare const __dirname: string, __filename: string
declare function setImmediate(run: (...args: any[]) => void, ...args: any[]): any
`

const options = {
  allowJs: true,
  checkJs: true,
  lib: ['esnext', 'dom'],
  module: 'esnext',
  moduleDetection: 'force',
  moduleResolution: 'bundler',
  noEmit: true,
  // Imports and references are not followed: code of a model opens no file.
  noResolve: true,
  skipLibCheck: true,
  strict: false,
  target: 'esnext',
  types: [],
}

/** Errors of JavaScript that stop it before it runs: its grammar, types written in it, a name declared twice. */
const fatal = (code: number) => code < 2000 || (code >= 8000 && code < 9000) || code === 2300 || code === 2451
/** A namespace or types of a package that isn't there. */
const unknowable = new Set([2503, 2580, 2591, 7016])

/** The compiler's program; `undefined` where `typescript` is not installed. */
async function compiler(): Promise<string | undefined> {
  try {
    const manifest = require.resolve('typescript/package.json')
    const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { tsc: string } }
    return join(dirname(manifest), bin.tsc)
  } catch {
    return undefined
  }
}

/**
 * Checks the types of code by the `typescript` package, without running it: what is wrong, or `''`. Of JavaScript only what keeps it from running counts.
 * `undefined`: the package is not installed, or did not answer within 20 s. Rejects with the signal's reason.
 */
export async function typeProblem(
  code: string,
  language: 'javascript' | 'typescript',
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const tsc = await compiler()
  if (tsc === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'anymodel-types-'))
  try {
    const file = language === 'typescript' ? 'code.ts' : 'code.js'
    await writeFile(join(folder, file), code)
    await writeFile(join(folder, 'ambient.d.ts'), ambient)
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: [file, 'ambient.d.ts'] }),
    )
    const told = await run(tsc, folder, signal)
    signal?.throwIfAborted()
    return told === undefined ? undefined : problemsIn(told, file, language)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function problemsIn(told: string, file: string, language: string): string {
  const problems = [...told.matchAll(/^(.+?)\((\d+),(\d+)\): error TS(\d+): (.*)$/gm)].flatMap(
    ([, path, line, column, number, message]) => {
      const code = Number(number)
      const counts = language === 'typescript' ? !unknowable.has(code) : fatal(code)
      return path === file && counts ? [`line ${line}, column ${column}: ${message?.slice(0, 300)} (TS${code})`] : []
    },
  )
  return problems.slice(0, 10).join('\n')
}

/** What the compiler printed; `undefined` when it took too long or could not start. */
function run(tsc: string, folder: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const child = spawn(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  })
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (told.length < 100_000) told += text
  })
  return new Promise((resolve) => {
    child.on('error', () => resolve(undefined))
    child.on('close', (_, killed) => resolve(killed === null ? told : undefined))
  })
}
