import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** Threads that wait for the next file, one of each program: starting one takes as long as reading a small file. */
const idle = new Map<string, Worker>()

/** Each may take a gigabyte. */
const most = Math.min(4, Math.max(2, availableParallelism()))
let taken = 0
const waiting: (() => void)[] = []

/** A thread that runs a program, a path from the root of this package, when one of at most four may be had. Rejects with the signal's reason when that comes first. */
export async function takeThread(program: string, signal: AbortSignal | undefined): Promise<Worker> {
  signal?.throwIfAborted()
  if (taken < most) taken++
  else await turn(signal)
  try {
    const thread = idle.get(program) ?? newThread(program)
    idle.delete(program)
    thread.ref()
    return thread
  } catch (error) {
    passOn()
    throw error
  }
}

/** Gives a thread back. One that has done its work is kept for the next file; what went wrong in another may go on in it, so that is ended. */
export function giveThread(program: string, thread: Worker, reusable: boolean): void {
  thread.unref()
  if (reusable && !idle.has(program)) idle.set(program, thread)
  else void thread.terminate()
  passOn()
}

function passOn(): void {
  const next = waiting.shift()
  if (next) next()
  else taken--
}

function turn(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const start = () => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      waiting.splice(waiting.indexOf(start), 1)
      reject(signal?.reason)
    }
    waiting.push(start)
    signal?.addEventListener('abort', leave, { once: true })
  })
}

function newThread(program: string): Worker {
  const file = join(dirname(createRequire(import.meta.url).resolve('@anymodel/rag/package.json')), program)
  const thread = new Worker(program.endsWith('.ts') ? throughTsx(file) : file, {
    env: {},
    execArgv: program.endsWith('.ts') ? ['--conditions=@anymodel/source'] : [],
    resourceLimits: { maxOldGenerationSizeMb: 1_024 },
  })
  thread.on('error', () => {})
  thread.on('exit', () => {
    if (idle.get(program) === thread) idle.delete(program)
  })
  return thread
}

/** From source, a program is TypeScript, which runs through tsx. */
function throughTsx(file: string): URL {
  const tsx = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/cjs$/, 'mjs')
  const code = `import { register } from '${pathToFileURL(tsx)}'\nregister()\nawait import('${pathToFileURL(file)}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
