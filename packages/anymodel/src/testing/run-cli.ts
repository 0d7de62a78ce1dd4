import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))

/** The command line from its source. */
const cliCommand = [process.execPath, '--import', import.meta.resolve('tsx'), '--conditions=@anymodel/source', cli]

export interface CliOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is piped in; the input is closed after it. `open`: it stays open, to be written to by `onOutput`. Without it there is none. */
  readonly input?: string | { readonly open: true }
  /** Called when output comes, with all of it so far. */
  readonly onOutput?: (out: string, child: ChildProcess) => void
  /** The same for what comes on the error stream. */
  readonly onError?: (err: string, child: ChildProcess) => void
  /** Another program that runs the command line. */
  readonly through?: readonly string[]
}

export interface CliResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** Runs the command line to its end, with no other variables than those it needs. */
export function runCli(
  args: readonly string[],
  { cwd, env, input, onOutput, onError, through = [] }: CliOptions,
): Promise<CliResult> {
  const [command, ...rest] = [...through, ...cliCommand, ...args] as [string, ...string[]]
  const child = spawn(command, rest, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text
    onOutput?.(out, child)
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text
    onError?.(err, child)
  })
  if (typeof input === 'string') child.stdin?.end(input)
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })))
}
