import type { Tensor } from 'onnxruntime-node'
import type { Graph } from '../runtime/session.ts'

/** Time spent inside graphs, in milliseconds. */
export interface Clock {
  runMs: number
}

/** Runs a graph, reads what it gives and frees all tensors. What `read` keeps has to be a copy. */
export async function runGraph<T>(
  graph: Graph,
  inputs: Record<string, Tensor>,
  clock: Clock,
  read: (outputs: Record<string, Tensor>) => T,
): Promise<T> {
  let outputs: Record<string, Tensor> = {}
  const startedAt = performance.now()
  try {
    outputs = await graph.run(inputs)
    clock.runMs += performance.now() - startedAt
    return read(outputs)
  } finally {
    for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) tensor.dispose()
  }
}
