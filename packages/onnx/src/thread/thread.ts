import { once } from 'node:events'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AnyModelError } from '@anymodel/core'
import type { Dtype, Location } from '../names.ts'
import type { LoadStep } from '../runtime/load-step.ts'
import { weightBytes } from '../runtime/weights.ts'
import { holdExit, openGate } from './gate.ts'
import type { Event, Order, PlainError, Report, WorkerSetup } from './messages.ts'
import type { MakeRoom, Tenant } from './room.ts'
import type { EngineOptions, Kind } from './served.ts'

/** Takes what comes back for one request. */
export interface Listener {
  events(events: readonly Event[]): void
  failed(error: AnyModelError): void
}

/** What a model takes, about: twice its weights' files, with what the runtime makes of them, and something for the thread and a vocabulary (SmolLM2, 97 MB of int4: 350 to 450 MB, a text or two included). */
const memoryFor = (weights: number): number => 2 * weights + 128e6

/** What a model is, and what it does right now. */
export interface ThreadStats {
  readonly kind: Kind
  readonly folder: string
  readonly dtype: Dtype | undefined
  readonly loaded: boolean
  /** Memory that it takes while it is loaded, about, without the caches of texts. */
  readonly bytes: number
  /** Requests under way, those in line included. */
  readonly requests: number
  /** What the model itself tells, once it is loaded. */
  readonly details?: unknown
}

/** How a model is loaded. */
export interface Loading {
  readonly runtime: EngineOptions
  /** Makes room in memory first. */
  readonly room?: MakeRoom | undefined
  onStep(step: LoadStep): void
}

type Asked = Extract<Order, { type: 'ask' }>

/** One loaded model in a worker thread of its own, started with the first request and again after a crash. It keeps the process alive only while requests run. */
export class ModelThread implements Tenant {
  readonly #setup: Omit<WorkerSetup, 'gate'>
  readonly #loading: Loading
  readonly #listeners = new Map<number, Listener>()
  readonly #counted = new Map<number, (details: unknown) => void>()
  /** Requests that wait for room in memory. */
  #pending: Asked[] | undefined
  #worker: Worker | undefined
  #ready = false
  #nextId = 0
  usedAt = 0

  constructor(kind: Kind, { folder, dtype }: Location, loading: Loading) {
    this.#setup = { kind, folder, dtype, runtime: loading.runtime }
    this.#loading = loading
  }

  get name(): string {
    return basename(this.#setup.folder)
  }

  get bytes(): number {
    return memoryFor(weightBytes(this.#setup))
  }

  get loaded(): boolean {
    return this.#worker !== undefined
  }

  get busy(): boolean {
    return this.#listeners.size > 0
  }

  /** Hands over a request; gives what cancels it. */
  ask(model: string, call: { readonly signal?: AbortSignal | undefined }, listener: Listener): () => void {
    const id = this.#nextId++
    const { signal: _signal, ...plain } = call
    this.#hand({ type: 'ask', id, model, call: plain })
    this.#listeners.set(id, listener)
    this.#worker?.ref()
    this.usedAt = performance.now()
    return () => {
      if (!this.#listeners.has(id)) return
      this.#over(id)
      this.#pending = this.#pending?.filter((asked) => asked.id !== id)
      this.#worker?.postMessage({ type: 'cancel', id } satisfies Order)
    }
  }

  /** Ends the worker and frees the model; requests under way fail with `aborted`. A later request loads it again. */
  async close(): Promise<void> {
    const worker = this.#worker
    const ended = worker && once(worker, 'exit')
    worker?.ref()
    worker?.postMessage({ type: 'close' } satisfies Order)
    this.#forget(new AnyModelError('aborted', 'The local model was closed while it answered.'))
    await ended
  }

  /** A model that is loading tells no details yet. */
  async stats(): Promise<ThreadStats> {
    const { kind, folder, dtype } = this.#setup
    const details = await this.#details()
    const { loaded, bytes } = this
    return {
      kind,
      folder,
      dtype,
      loaded,
      bytes,
      requests: this.#listeners.size,
      ...(details !== undefined && { details }),
    }
  }

  async #details(): Promise<unknown> {
    const worker = this.#worker
    if (!worker || !this.#ready) return undefined
    return new Promise((resolve) => {
      const id = this.#nextId++
      this.#counted.set(id, resolve)
      worker.ref()
      worker.postMessage({ type: 'stats', id } satisfies Order)
    })
  }

  #hand(asked: Asked): void {
    if (this.#pending) this.#pending.push(structuredClone(asked))
    else if (this.#worker || !this.#loading.room) (this.#worker ??= this.#start()).postMessage(asked)
    else {
      this.#pending = [structuredClone(asked)]
      void this.#load(this.#loading.room)
    }
  }

  async #load(room: MakeRoom): Promise<void> {
    try {
      await room(this)
    } catch (error) {
      return this.#forget(error as AnyModelError)
    }
    const pending = this.#pending ?? []
    this.#pending = undefined
    if (pending.length === 0) return
    const worker = (this.#worker = this.#start())
    for (const asked of pending) worker.postMessage(asked)
    worker.ref()
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
        this.#ready = report.step.stage === 'ready'
        return this.#loading.onStep(report.step)
      case 'events':
        for (const [id, events] of report.events) {
          const listener = this.#listeners.get(id)
          if (events.at(-1)?.type === 'finish') this.#over(id)
          listener?.events(events)
        }
        return
      case 'failed': {
        const error = revive(report.error)
        if (report.id === undefined) return this.#drop(error)
        const listener = this.#listeners.get(report.id)
        this.#over(report.id)
        return listener?.failed(error)
      }
      case 'stats':
        this.#counted.get(report.id)?.(report.stats)
        this.#counted.delete(report.id)
        this.#rest()
    }
  }

  #over(id: number): void {
    this.#listeners.delete(id)
    this.#rest()
  }

  /** Nobody who waits: the process may end. */
  #rest(): void {
    if (this.#listeners.size === 0 && this.#counted.size === 0) this.#worker?.unref()
  }

  /** Every request fails, and the next one gets a fresh worker. What is left of this one ends by itself. */
  #drop(error: AnyModelError): void {
    this.#worker?.postMessage({ type: 'close' } satisfies Order)
    this.#forget(error)
  }

  #forget(error: AnyModelError): void {
    this.#worker = undefined
    this.#ready = false
    this.#pending = undefined
    for (const resolve of this.#counted.values()) resolve(undefined)
    this.#counted.clear()
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
