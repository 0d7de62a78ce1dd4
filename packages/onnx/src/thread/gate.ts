/**
 * Memory that both threads see: whether the process is about to end, and how many computations are inside the runtime. A process that ends while the runtime computes for a worker is aborted by it
 * (onnxruntime-node 1.30, `Napi::Error`), so the main thread waits for the step under way and the worker begins no other.
 */
export type Gate = Int32Array<SharedArrayBuffer>

const ending = 0
const inside = 1

export const openGate = (): Gate => new Int32Array(new SharedArrayBuffer(8))

/** In the worker: computes, unless the process is about to end; then it waits for that. */
export async function through<T>(gate: Gate | undefined, compute: () => Promise<T>): Promise<T> {
  if (!gate) return compute()
  Atomics.add(gate, inside, 1)
  const over = Atomics.load(gate, ending) === 1
  try {
    if (!over) return await compute()
  } finally {
    Atomics.sub(gate, inside, 1)
    Atomics.notify(gate, inside)
  }
  return new Promise<never>(() => {})
}

/** Longest wait at the end of the process, in ms: a step takes some hundredths of a second, loading a large model some seconds. */
const patience = 10_000

const gates = new Set<Gate>()

function settle(): void {
  const until = Date.now() + patience
  for (const gate of gates) Atomics.store(gate, ending, 1)
  for (const gate of gates) {
    for (let count = Atomics.load(gate, inside); count > 0 && Date.now() < until; count = Atomics.load(gate, inside)) {
      Atomics.wait(gate, inside, count, until - Date.now())
    }
  }
}

/** In the main thread: makes the end of the process wait for what is inside. Gives what takes it back. */
export function holdExit(gate: Gate): () => void {
  if (gates.size === 0) process.on('exit', settle)
  gates.add(gate)
  return () => {
    gates.delete(gate)
    if (gates.size === 0) process.off('exit', settle)
  }
}
