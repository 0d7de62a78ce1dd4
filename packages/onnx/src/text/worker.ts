import { parentPort, workerData } from 'node:worker_threads'
import { AnyModelError, isAnyModelError, type TextCall } from '@anymodel/core'
import { readModelFolder } from '../model-folder.ts'
import { type Engine, loadEngine } from './engine.ts'
import { generate } from './generate.ts'
import { type Order, type Report, toPlain, type WorkerSetup } from './messages.ts'

/** Jobs that run at once: their steps take turns, so a short answer does not wait for a long one. The rest wait in line, since every job has a cache of its own. */
const atOnce = 4

interface Asked {
  readonly id: number
  readonly model: string
  readonly call: TextCall
}

const { folder, dtype, threads, gate } = workerData as WorkerSetup
const waiting: Asked[] = []
const running = new Set<number>()
let engine: Engine | undefined

const tell = (report: Report): void => parentPort?.postMessage(report)

parentPort?.on('message', (order: Order) => {
  if (order.type === 'ask') waiting.push(order)
  else if (order.type === 'cancel') cancel(order.id)
  else close()
  fill()
})

function cancel(id: number): void {
  running.delete(id)
  const at = waiting.findIndex((asked) => asked.id === id)
  if (at >= 0) waiting.splice(at, 1)
}

function close(): void {
  closing = true
  waiting.length = 0
  running.clear()
}

let busy = 0
let loading = true
let closing = false

function fill(): void {
  if (closing && busy === 0 && !loading) process.exit()
  while (engine && busy < atOnce) {
    const next = waiting.shift()
    if (!next) return
    busy++
    void answer(engine, next).finally(() => {
      busy--
      fill()
    })
  }
}

async function answer(engine: Engine, { id, model, call }: Asked): Promise<void> {
  running.add(id)
  try {
    tell({ type: 'parts', id, parts: [{ type: 'notice', kind: 'headers', message: 'The model reads the prompt.' }] })
    await generate(
      engine,
      {
        call,
        cancelled: () => !running.has(id),
        emit: (parts) => {
          if (parts.length > 0) tell({ type: 'parts', id, parts })
        },
      },
      { provider: 'onnx', model },
    )
  } catch (error) {
    tell({ type: 'failed', id, error: toPlain(explain(error)) })
  } finally {
    running.delete(id)
  }
}

/** What the runtime throws while it computes. */
function explain(error: unknown): AnyModelError {
  if (isAnyModelError(error)) return error
  const { message } = error as Error
  return /alloc|memory/i.test(message)
    ? new AnyModelError(
        'config',
        `There is not enough memory for this prompt: shorten it, or choose a smaller model. (${message})`,
        { cause: error },
      )
    : new AnyModelError('server', `The local model failed: ${message}`, { cause: error })
}

try {
  const model = readModelFolder({ folder, ...(dtype && { dtype }) })
  engine = await loadEngine(model, { threads, gate }, (step) => tell({ type: 'loading', step }))
} catch (error) {
  tell({ type: 'failed', error: toPlain(explain(error)) })
}
loading = false
fill()
