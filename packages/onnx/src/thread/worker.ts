import { parentPort, workerData } from 'node:worker_threads'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import { requireMemory } from '../runtime/memory.ts'
import { type Order, type Report, toPlain, type WorkerSetup } from './messages.ts'
import { outbox } from './outbox.ts'
import type { Kind, Opening, Served } from './served.ts'

// biome-ignore lint/suspicious/noExplicitAny: the caller's side of each kind sends what its served side takes
type AnyServed = Served<any, any>

/** What serves each kind; only that of the model is loaded. */
const kinds: Readonly<Partial<Record<Kind, (opening: Opening) => Promise<AnyServed>>>> = {
  embedding: async (opening) => (await import('../embedding/serve.ts')).serveEmbedding(opening),
  image: async (opening) => (await import('../image/serve.ts')).serveImage(opening),
  rerank: async (opening) => (await import('../rerank/serve.ts')).serveRerank(opening),
  speech: async (opening) => (await import('../speech/serve.ts')).serveSpeech(opening),
  text: async (opening) => (await import('../text/serve.ts')).serveText(opening),
  transcription: async (opening) => (await import('../transcription/serve.ts')).serveTranscription(opening),
  'voice-activity': async (opening) => (await import('../voice-activity/serve.ts')).serveVoiceActivity(opening),
}

type Asked = Extract<Order, { type: 'ask' }>

const { kind, folder, dtype, runtime, gate } = workerData as WorkerSetup
const waiting: Asked[] = []
const running = new Set<number>()
let served: AnyServed | undefined
let loading = true
let closing = false
let busy = 0

const tell = (report: Report): void => parentPort?.postMessage(report)
const out = outbox(tell)

parentPort?.on('message', (order: Order) => {
  if (order.type === 'ask') waiting.push(order)
  else if (order.type === 'cancel') cancel(order.id)
  else if (order.type === 'stats') tell({ type: 'stats', id: order.id, stats: served?.stats?.() })
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

function fill(): void {
  if (closing && busy === 0 && !loading) process.exit()
  while (served && busy < served.atOnce) {
    const next = waiting.shift()
    if (!next) return
    busy++
    void answer(served, next).finally(() => {
      busy--
      fill()
    })
  }
}

async function answer(by: AnyServed, { id, model, call }: Asked): Promise<void> {
  running.add(id)
  try {
    await by.answer({
      call,
      model,
      cancelled: () => !running.has(id),
      emit: (events) => {
        if (events.length > 0) out.add(id, events)
      },
    })
  } catch (error) {
    out.flush()
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
        `There is not enough memory for this request: make it smaller, or choose a smaller model. (${message})`,
        { cause: error },
      )
    : new AnyModelError('server', `The local model failed: ${message}`, { cause: error })
}

try {
  const location = { folder, ...(dtype && { dtype }) }
  requireMemory(location)
  served = await kinds[kind]?.({
    location,
    runtime,
    gate,
    onStep: (step) => tell({ type: 'loading', step }),
  })
} catch (error) {
  tell({ type: 'failed', error: toPlain(explain(error)) })
}
loading = false
fill()
