import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { broken } from './broken.ts'
import type { LoadOptions } from './loader.ts'
import type { PageItem } from './pdf-page.ts'

/** What a PDF tells besides the text of its pages. */
export interface PdfFacts {
  readonly labels: readonly string[] | null
  readonly info: Readonly<Record<string, string>>
  /** `page` counts from 0; -1 where it is not known. */
  readonly outline: readonly { readonly title: string; readonly level: number; readonly page: number }[]
}

interface Answer {
  readonly page?: readonly PageItem[]
  readonly done?: PdfFacts
  readonly error?: { readonly name: string; readonly message: string }
}

/** A thread that waits for the next file: starting one takes as long as reading twenty pages. */
let idle: Worker | undefined

/** It is a file of this package, never bundled. */
const program = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@anymodel/rag/package.json')), 'src/load/inside/read-pdf.mjs')

function newThread(): Worker {
  const thread = new Worker(program(), { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 1_024 } })
  thread.on('error', () => {})
  thread.on('exit', () => {
    if (idle === thread) idle = undefined
  })
  return thread
}

function takeThread(): Worker {
  const thread = idle ?? newThread()
  idle = undefined
  thread.ref()
  return thread
}

/** Keeps one thread that has done its work; what went wrong in another may go on in it, so that is ended. */
function rest(thread: Worker, reusable: boolean): void {
  thread.unref()
  if (reusable && !idle) idle = thread
  else void thread.terminate()
}

/** Reads a PDF in a thread; `onPage` gets the runs of each page in order. A file that takes too long, or too much memory, is an error, and its thread is ended. */
export function readPdf(
  id: string,
  bytes: Uint8Array,
  onPage: (items: readonly PageItem[]) => void,
  { maxTime = 120_000, signal }: Pick<LoadOptions, 'maxTime' | 'signal'>,
): Promise<PdfFacts> {
  const thread = takeThread()
  return new Promise<PdfFacts>((resolve, reject) => {
    const settle = (reusable: boolean): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      rest(thread, reusable)
    }
    const fail = (error: unknown): void => {
      settle(false)
      reject(error)
    }
    const onMessage = ({ page, done, error }: Answer): void => {
      if (error) return onError(error)
      if (done) {
        settle(true)
        return resolve(done)
      }
      try {
        onPage(page ?? [])
      } catch (thrown) {
        fail(thrown)
      }
    }
    const onError = (error: { readonly name: string; readonly message: string }): void => fail(unreadable(id, error))
    const onExit = (): void => onError({ name: 'Error', message: 'its reader ended' })
    const onAbort = (): void => fail(signal?.reason)
    const timer = setTimeout(() => fail(tooSlow(id, maxTime)), maxTime)
    thread.on('message', onMessage).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort, { once: true })
    const copy = Uint8Array.from(bytes)
    thread.postMessage(copy, [copy.buffer])
  })
}

const tooSlow = (id: string, maxTime: number): Error =>
  broken(id, `takes more than ${maxTime} ms to read: raise maxTime if it is worth it, or leave it out.`)

function unreadable(id: string, { name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === 'PasswordException') return broken(id, 'is locked by a password: save it without one.')
  return broken(
    id,
    `is no PDF that can be read (${message.slice(0, 150)}): open it in a PDF program and save it again.`,
  )
}
