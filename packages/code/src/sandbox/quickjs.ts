import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Sandbox, SandboxResult } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import { type SandboxOptions, sandboxOf } from './driver.ts'
import { insideFile } from './inside-file.ts'
import { outcomeOf } from './outcome.ts'

/** What the worker answers. */
interface Answer {
  readonly code: number
  readonly cut: 'timeout' | 'output' | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Milliseconds after its time that an engine has to stop by itself. */
const grace = 1_000

/**
 * JavaScript and TypeScript in QuickJS (WebAssembly, in worker threads): the language and nothing of the machine, on every platform. There is a console, timers, `process`
 * with arguments and `exit`, and `require` and `import` of the program's own files and, as far as reading input and own files goes, of `fs`; the rest of Node is not there.
 * A promise that is rejected with nobody to handle it ends nothing. Memory is 2 GiB at most.
 * The cheapest one for many short runs: an engine of its own for each takes a few milliseconds.
 */
export async function quickjsSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const workers = new Set<Worker>()
  const idle: Worker[] = []
  const newWorker = () => {
    const worker = new Worker(insideFile('quickjs.mjs'), {
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 512 },
    })
    workers.add(worker)
    worker.on('error', () => {})
    worker.on('exit', () => workers.delete(worker))
    return worker
  }
  const start = async (run: CheckedRun): Promise<SandboxResult> => {
    const worker = idle.pop() ?? newWorker()
    worker.ref()
    const result = await answered(worker, run)
    if (!workers.has(worker)) return result
    worker.unref()
    idle.push(worker)
    return result
  }
  const end = async () => {
    await Promise.all([...workers].map((worker) => worker.terminate()))
  }
  return sandboxOf({ name: 'quickjs', languages: ['javascript', 'typescript'], holds, start, end }, options)
}

const holds = [
  'read',
  'write',
  'environment',
  'network',
  'local-sockets',
  'processes',
  'time',
  'memory',
  'output',
  'host',
] as const

/** One run in a worker. A worker that doesn't stop by itself is ended. */
async function answered(worker: Worker, { signal, ...run }: CheckedRun): Promise<SandboxResult> {
  const begun = performance.now()
  const over = new AbortController()
  const stop = () => void worker.terminate()
  const timer = setTimeout(stop, run.limits.timeMs + grace)
  signal.addEventListener('abort', stop, { once: true })
  const wait = { signal: over.signal }
  const gone = once(worker, 'exit', wait).then(() => undefined)
  gone.catch(() => {})
  worker.postMessage(run)
  try {
    const message = once(worker, 'message', wait).then(([answer]) => answer as Answer)
    message.catch(() => {})
    const answer = await Promise.race([message, gone])
    const durationMs = performance.now() - begun
    if (!answer) {
      const outcome = durationMs >= run.limits.timeMs ? 'timeout' : 'crashed'
      return { outcome, stdout: '', stderr: '', durationMs }
    }
    const { cut, code, stdout, stderr } = answer
    return { ...outcomeOf({ code, killedBy: null, cut, stderr }), stdout, stderr, durationMs }
  } finally {
    over.abort()
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
