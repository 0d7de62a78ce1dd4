import { spawn } from 'node:child_process'

/** Bounds of a program that is run. */
export interface ProgramLimits {
  /** Milliseconds. */
  readonly time: number
  /** Bytes of its output. */
  readonly output: number
  /** True once nobody waits for the result any more; asked now and then. */
  cancelled?(): boolean
}

/** How a program ended. */
export type ProgramEnd =
  | { readonly type: 'done'; readonly output: Buffer; readonly code: number; readonly message: string }
  | { readonly type: 'absent' | 'time' | 'output' | 'cancelled' }

/** Runs a program with bytes as its input; it does not outlive the limits. */
export function runProgram(
  name: string,
  args: readonly string[],
  input: Uint8Array,
  { time, output, cancelled = () => false }: ProgramLimits,
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(name, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
    const chunks: Buffer[] = []
    let bytes = 0
    let message = ''
    const end = (ended: ProgramEnd) => {
      clearTimeout(timer)
      clearInterval(watch)
      child.kill('SIGKILL')
      resolve(ended)
    }
    const timer = setTimeout(() => end({ type: 'time' }), time)
    const watch = setInterval(() => cancelled() && end({ type: 'cancelled' }), 100)
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > output) end({ type: 'output' })
      else chunks.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      message = (message + text).slice(-2_000)
    })
    // A program that has seen enough closes its input.
    child.stdin.on('error', () => {})
    child.on('error', () => end({ type: 'absent' }))
    child.on('close', (code) => end({ type: 'done', output: Buffer.concat(chunks), code: code ?? 1, message }))
    child.stdin.end(input)
  })
}
