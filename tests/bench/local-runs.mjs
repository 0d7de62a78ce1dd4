// Loaded before a client (`--import`), in each of its threads: counts the time inside `InferenceSession.run`, which is the floor for whatever runs a graph.
// LOCAL_BENCH_RUNTIME is the package.json of a package whose onnxruntime-node is meant.
import { createRequire } from 'node:module'
import { BroadcastChannel, threadId } from 'node:worker_threads'

const from = process.env.LOCAL_BENCH_RUNTIME
if (from) {
  const load = createRequire(createRequire(from).resolve('onnxruntime-node'))
  const { InferenceSession } = load('onnxruntime-common')
  const { run } = InferenceSession.prototype
  let inside = 0
  InferenceSession.prototype.run = async function (...args) {
    const before = performance.now()
    try {
      return await run.apply(this, args)
    } finally {
      inside += performance.now() - before
    }
  }
  const channel = new BroadcastChannel('local-bench-runs')
  channel.onmessage = ({ data }) => {
    if (data.question !== undefined) channel.postMessage({ threadId, inside, answer: data.question })
  }
  channel.unref()
  channel.postMessage({ threadId })
}
