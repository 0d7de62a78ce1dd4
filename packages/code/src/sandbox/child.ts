import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { SandboxResult } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import { outcomeOf } from './outcome.ts'

/** A program of the host that runs a program in a sandbox. */
export interface Command {
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** All of its environment. Default: none. */
  readonly env?: NodeJS.ProcessEnv
  /** Bytes that it reads from file descriptor 3. */
  readonly third?: Uint8Array
  /** Called when the run is cut short, beside killing the process and its group. */
  readonly kill?: () => void
}

/** Output that a killed program's heirs still hold open is waited for so long, in milliseconds. */
const grace = 500

/** Runs a command within a run's limits of time and output; every process of its group is gone afterwards. */
export async function runCommand(command: Command, { limits, stdin, signal }: CheckedRun): Promise<SandboxResult> {
  signal.throwIfAborted()
  const begun = performance.now()
  const child = started(command)
  const output = new Output(limits.outputBytes)
  let cut: 'timeout' | 'output' | undefined
  const stop = (why?: 'timeout' | 'output') => {
    cut ??= why
    command.kill?.()
    killGroup(child)
  }
  const abort = () => stop()
  const timer = setTimeout(stop, limits.timeMs, 'timeout')
  signal.addEventListener('abort', abort, { once: true })
  output.read(child.stdout as Readable, 'stdout', () => stop('output'))
  output.read(child.stderr as Readable, 'stderr', () => stop('output'))
  feed(child.stdin as Writable, stdin)
  if (command.third) feed(child.stdio[3] as Writable, command.third)
  try {
    const [code, killedBy] = await ended(child)
    const { stdout, stderr } = output.texts()
    return { ...outcomeOf({ code, killedBy, cut, stderr }), stdout, stderr, durationMs: performance.now() - begun }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function started({ program, args, cwd = '/', env = {}, third }: Command): ChildProcess {
  return spawn(program, args, {
    cwd: process.platform === 'win32' && cwd === '/' ? process.cwd() : cwd,
    env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe', ...(third ? (['pipe'] as const) : [])],
  })
}

/** A program that never reads its input closes it: that is its right. */
function feed(stream: Writable, data: string | Uint8Array): void {
  stream.on('error', () => {})
  stream.end(data)
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

type Ended = readonly [code: number | null, killedBy: NodeJS.Signals | null]

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('exit', () => {
      killGroup(child)
      timer = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, grace)
    })
    child.on('close', (code, killedBy) => {
      clearTimeout(timer)
      resolve([code, killedBy])
    })
  })
}

/** What a program writes, up to its limit. */
class Output {
  readonly #chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  read(stream: Readable, name: 'stdout' | 'stderr', full: () => void): void {
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(0, this.#left)
      this.#left -= kept.length
      if (kept.length > 0) this.#chunks[name].push(kept)
      if (kept.length < chunk.length) full()
    })
  }

  texts(): { stdout: string; stderr: string } {
    const text = (name: 'stdout' | 'stderr') => new TextDecoder().decode(Buffer.concat(this.#chunks[name]))
    return { stdout: text('stdout'), stderr: text('stderr') }
  }
}
