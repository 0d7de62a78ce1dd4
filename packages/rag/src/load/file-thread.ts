import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { broken } from './broken.ts'
import type { LoadOptions } from './loader.ts'

/** What a thread says about a file: any number of parts, then what it made of it or what went wrong. */
interface ThreadAnswer<Part, Done> {
  readonly part?: Part
  readonly done?: Done
  readonly error?: ThreadError
}

/** An error as plain data. */
export interface ThreadError {
  readonly name: string
  readonly message: string
  readonly code?: string | undefined
}

/** What is read in a thread, and by which program: a path from the root of this package. */
export interface ThreadTask<Part> {
  readonly program: string
  readonly id: string
  /** The file's bytes go along as `bytes`. */
  readonly message: object
  readonly bytes: Uint8Array
  readonly onPart?: (part: Part) => void
  /** The error for what the thread tells of one. */
  readonly failure: (error: ThreadError) => Error
}

/** Threads that wait for the next file, one of each program: starting one takes as long as reading a small file. */
const idle = new Map<string, Worker>()

/**
 * Reads a file in a thread of its own, so that one that never ends can be stopped. A file that takes longer than `maxTime` or more memory than a thread has rejects with `invalid-argument`, and its thread is
 * ended; an abort rejects with the signal's reason.
 */
export function readInThread<Part, Done>(
  task: ThreadTask<Part>,
  { maxTime = 120_000, signal }: Pick<LoadOptions, 'maxTime' | 'signal'>,
): Promise<Done> {
  signal?.throwIfAborted()
  const { program, id, message, bytes, onPart, failure } = task
  const thread = takeThread(program)
  return new Promise<Done>((resolve, reject) => {
    const settle = (reusable: boolean): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      rest(program, thread, reusable)
    }
    const fail = (error: unknown): void => {
      settle(false)
      reject(error)
    }
    const onMessage = ({ part, done, error }: ThreadAnswer<Part, Done>): void => {
      if (error) return fail(failure(error))
      if (done !== undefined) {
        settle(true)
        return resolve(done)
      }
      try {
        onPart?.(part as Part)
      } catch (thrown) {
        fail(thrown)
      }
    }
    const onError = (error: NodeJS.ErrnoException): void =>
      fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(id) : failure(error))
    const onExit = (): void => fail(failure({ name: 'Error', message: 'its reader ended' }))
    const onAbort = (): void => fail(signal?.reason)
    const timer = setTimeout(() => fail(tooSlow(id, maxTime)), maxTime)
    thread.on('message', onMessage).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort, { once: true })
    const copy = Uint8Array.from(bytes)
    thread.postMessage({ ...message, bytes: copy }, [copy.buffer])
  })
}

function takeThread(program: string): Worker {
  const thread = idle.get(program) ?? newThread(program)
  idle.delete(program)
  thread.ref()
  return thread
}

/** Keeps one thread that has done its work; what went wrong in another may go on in it, so that is ended. */
function rest(program: string, thread: Worker, reusable: boolean): void {
  thread.unref()
  if (reusable && !idle.has(program)) idle.set(program, thread)
  else void thread.terminate()
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

const tooSlow = (id: string, maxTime: number): Error =>
  broken(id, `takes more than ${maxTime} ms to read: raise maxTime if it is worth it, or leave it out.`)

const tooLarge = (id: string): Error =>
  broken(id, 'takes more than a gigabyte of memory to read: cut it into smaller ones, or leave it out.')
