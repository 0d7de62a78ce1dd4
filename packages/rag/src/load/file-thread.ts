import { broken } from './broken.ts'
import type { LoadOptions } from './loader.ts'
import { giveThread, takeThread } from './threads.ts'

/** What a thread says about a file: any number of parts, then what it made of it or what went wrong. */
interface ThreadAnswer<Part, Done> {
  readonly part?: Part
  readonly done?: Done
  readonly error?: ThreadError
}

/** An error as plain data. One with a code is about the file: the thread that told it has done its work. */
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

/**
 * Reads a file in a thread of its own, so that one that never ends can be stopped. A file that takes longer than `maxTime` or more memory than a thread has rejects with `invalid-argument`, and its thread is
 * ended; an abort rejects with the signal's reason. As many files are read at once as there are threads; the others wait, which is no part of `maxTime`.
 */
export async function readInThread<Part, Done>(
  task: ThreadTask<Part>,
  { maxTime = 120_000, signal }: Pick<LoadOptions, 'maxTime' | 'signal'>,
): Promise<Done> {
  const { program, id, message, bytes, onPart, failure } = task
  const thread = await takeThread(program, signal)
  return new Promise<Done>((resolve, reject) => {
    const settle = (reusable: boolean): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      giveThread(program, thread, reusable)
    }
    const fail = (error: unknown, reusable = false): void => {
      settle(reusable)
      reject(error)
    }
    const onMessage = ({ part, done, error }: ThreadAnswer<Part, Done>): void => {
      if (error) return fail(failure(error), error.code !== undefined)
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
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const copy = Uint8Array.from(bytes)
    thread.postMessage({ ...message, bytes: copy }, [copy.buffer])
  })
}

const tooSlow = (id: string, maxTime: number): Error =>
  broken(id, `takes more than ${maxTime} ms to read: raise maxTime if it is worth it, or leave it out.`)

const tooLarge = (id: string): Error =>
  broken(id, 'takes more than a gigabyte of memory to read: cut it into smaller ones, or leave it out.')
