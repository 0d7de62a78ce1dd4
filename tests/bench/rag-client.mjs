// One client of the benchmark of stores in a process of its own: `rag-client.mjs <client.mjs> <settings as JSON>`. Prints what it measured as JSON.
// A client module exports `open({ folder, corpus, peer })`, which gives:
//   ingest()                  puts all chunks with their vectors where they are searched
//   size?()                   bytes on disk
//   hybrid?(question, limit)  numbers of the chunks found by words and by vector
//   vector(question, limit)   numbers of the chunks found by vector
//   pipeline?()               chunks per second through everything that comes before the store
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { corpus as made, nearest } from './rag-corpus.mjs'

const [, , file, settings] = process.argv
const { chunks, questions, peer } = JSON.parse(settings)
const folder = mkdtempSync(join(tmpdir(), 'anymodel-bench-rag-'))
const limit = 10
const warmUp = 3

try {
  const corpus = made({ chunks, questions: questions + warmUp })
  const before = held()
  const client = await (await import(pathToFileURL(file))).open({ folder, corpus, peer })
  const started = performance.now()
  await client.ingest()
  const ingested = chunks / ((performance.now() - started) / 1000)
  const [first, ...more] = corpus.questions
  const firstMs = await timed(() => client.vector(first, limit))
  const measured = more.slice(warmUp - 1)
  for (const each of more.slice(0, warmUp - 1)) await (client.hybrid ?? client.vector)(each, limit)
  const result = {
    chunksPerSecond: ingested,
    firstSearchMs: firstMs,
    ...(client.size ? { megabytes: client.size() / 1e6 } : {}),
    ...(client.hybrid ? { hybrid: await times(measured, (each) => client.hybrid(each, limit)) } : {}),
    vector: await times(measured, (each) => client.vector(each, limit)),
    recall10: await recall(client, corpus, measured.slice(0, 50)),
  }
  result.heldMegabytes = (held() - before) / 1e6
  if (client.pipeline) result.pipelineChunksPerSecond = await client.pipeline()
  await client.close?.()
  console.log(JSON.stringify(result))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Bytes in memory that are in use. */
function held() {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function timed(body) {
  const before = performance.now()
  await body()
  return performance.now() - before
}

async function times(questions, search) {
  const all = []
  for (const question of questions) all.push(await timed(() => search(question)))
  all.sort((a, b) => a - b)
  const at = (share) => all[Math.min(all.length - 1, Math.floor(share * all.length))]
  return { p50: at(0.5), p99: at(0.99) }
}

/** Which share of the ten nearest chunks is found. */
async function recall(client, { vectors }, questions) {
  let found = 0
  for (const question of questions) {
    const exact = new Set(nearest(vectors, question.vector, limit))
    found += (await client.vector(question, limit)).filter((at) => exact.has(at)).length
  }
  return found / (questions.length * limit)
}
