import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AnyModelError } from '@anymodel/core'
import type { Location } from '../names.ts'
import type { LoadStep } from '../runtime/load-step.ts'
import type { RuntimeOptions } from '../runtime/session.ts'
import { holdExit, openGate } from './gate.ts'
import type { Event, Order, PlainError, Report, WorkerSetup } from './messages.ts'
import type { Kind } from './served.ts'

/** Takes what comes back for one request. */
export interface Listener {
  events(events: readonly Event[]): void
  failed(error: AnyModelError): void
}

/** One loaded model in a worker thread of its own, started with the first request and again after a crash. It keeps the process alive only while requests run. */
export class ModelThread {
  readonly #setup: Omit<WorkerSetup, 'gate'>
  readonly #onStep: (step: LoadStep) => void
  readonly #listeners = new Map<number, Listener>()
  #worker: Worker | undefined
  #nextId = 0

  constructor(kind: Kind, { folder, dtype }: Location, runtime: RuntimeOptions, onStep: (step: LoadStep) => void) {
    this.#setup = { kind, folder, dtype, runtime }
    this.#onStep = onStep
  }

  /** Hands over a request; gives what cancels it. */
  ask(model: string, call: { readonly signal?: AbortSignal | undefined }, listener: Listener): () => void {
    const worker = (this.#worker ??= this.#start())
    const id = this.#nextId++
    const { signal: _signal, ...plain } = call
    worker.postMessage({ type: 'ask', id, model, call: plain } satisfies Order)
    this.#listeners.set(id, listener)
    worker.ref()
    return () => {
      if (!this.#listeners.has(id)) return
      this.#over(id)
      worker.postMessage({ type: 'cancel', id } satisfies Order)
    }
  }

  /** Ends the worker and frees the model; requests under way fail with `aborted`. A later request loads it again. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    const ended = once(worker, 'exit')
    worker.ref()
    worker.postMessage({ type: 'close' } satisfies Order)
    this.#forget(new AnyModelError('aborted', 'The local model was closed while it answered.'))
    await ended
  }

  #start(): Worker {
    const gate = openGate()
    const worker = startWorker({ ...this.#setup, gate })
    worker.once('exit', holdExit(gate))
    worker.unref()
    const lost = (message: string, cause?: unknown) => {
      if (worker === this.#worker) this.#drop(crashed(message, cause))
    }
    worker.on('message', (report: Report) => {
      if (worker === this.#worker) this.#take(report)
    })
    worker.on('error', (error: Error) => lost(error.message, error))
    worker.on('messageerror', (error) => lost(error.message, error))
    worker.on('exit', (code) => lost(`its thread ended with code ${code}`))
    return worker
  }

  #take(report: Report): void {
    switch (report.type) {
      case 'loading':
        return this.#onStep(report.step)
      case 'events': {
        const listener = this.#listeners.get(report.id)
        if (report.events.at(-1)?.type === 'finish') this.#over(report.id)
        return listener?.events(report.events)
      }
      case 'failed': {
        const error = revive(report.error)
        if (report.id === undefined) return this.#drop(error)
        const listener = this.#listeners.get(report.id)
        this.#over(report.id)
        return listener?.failed(error)
      }
    }
  }

  #over(id: number): void {
    this.#listeners.delete(id)
    if (this.#listeners.size === 0) this.#worker?.unref()
  }

  /** Every request fails, and the next one gets a fresh worker. What is left of this one ends by itself. */
  #drop(error: AnyModelError): void {
    this.#worker?.postMessage({ type: 'close' } satisfies Order)
    this.#forget(error)
  }

  #forget(error: AnyModelError): void {
    this.#worker = undefined
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    for (const listener of listeners) listener.failed(error)
  }
}

function crashed(message: string, cause: unknown): AnyModelError {
  const heap = (cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return heap
    ? new AnyModelError('config', 'The local model ran out of memory. Choose a smaller one.', { cause })
    : new AnyModelError('server', `The local engine stopped: ${message}. The next request starts it again.`, { cause })
}

function revive({ code, message, info, stack }: PlainError): AnyModelError {
  const error = new AnyModelError(code, message, info)
  if (stack) error.stack = stack
  return error
}

/** From the build the worker is a file beside this one; from source it is TypeScript, which Node before 22.18 runs through tsx. */
function startWorker(workerData: WorkerSetup): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./thread/worker.js', import.meta.url), { workerData })
  const source = new URL('./worker.ts', import.meta.url)
  const strips = (process.features as { typescript?: unknown }).typescript
  return new Worker(strips ? source : throughTsx(source), {
    workerData,
    execArgv: ['--conditions=@anymodel/source'],
  })
}

function throughTsx(source: URL): URL {
  const tsx = pathToFileURL(
    createRequire(import.meta.url)
      .resolve('tsx/esm/api')
      .replace(/cjs$/, 'mjs'),
  )
  const code = `import { register } from '${tsx}'\nregister()\nawait import('${source}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
