// Stores at scale: the same chunks with the same given vectors in each, one process after another.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { install } from './peers.mjs'

export const title = 'Stores of retrieval: 384 numbers and 100 words per chunk, 10 found; milliseconds'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const run1 = promisify(execFile)

const peers = {
  langchain: ['@langchain/classic@1.0.50', '@langchain/community@1.1.29', '@langchain/core@1.4.0'],
  llamaindex: ['llamaindex@0.12.1', '@llamaindex/bm25-retriever@0.0.12'],
}

/** `chunks`: how many; 100,000, or 5,000 when it is quick. Peers are asked fewer questions: they look through all texts for each. */
export async function run({
  quick = false,
  peers: wanted = Object.keys(peers),
  chunks = quick ? 5_000 : 100_000,
} = {}) {
  const clients = { anymodel: { questions: quick ? 30 : 200 } }
  for (const [name, specs] of Object.entries(quick ? {} : peers)) {
    const peer = wanted.includes(name) ? install(name, specs) : undefined
    if (peer) clients[name] = { questions: 8, peer }
  }
  const json = { chunks }
  for (const [name, settings] of Object.entries(clients)) json[name] = await measured(name, { chunks, ...settings })
  const problems =
    json.anymodel.recall10 < 0.99 ? [`Only ${json.anymodel.recall10} of the nearest chunks are found.`] : []
  return {
    head,
    rows: Object.keys(clients).map((name) => [name, ...columns.map(([, of]) => of(json[name]))]),
    json,
    problems,
  }
}

const columns = [
  ['chunks/s in', (of) => of.chunksPerSecond],
  ['hybrid p50', (of) => of.hybrid.p50],
  ['hybrid p99', (of) => of.hybrid.p99],
  ['vector p50', (of) => of.vector.p50],
  ['vector p99', (of) => of.vector.p99],
  ['first search', (of) => of.firstSearchMs],
  ['recall@10', (of) => of.recall10],
  ['MB on disk', (of) => of.megabytes ?? '-'],
  ['MB in memory', (of) => of.heldMegabytes],
  ['pipeline chunks/s', (of) => of.pipelineChunksPerSecond ?? '-'],
]
const head = ['client', ...columns.map(([name]) => name)]

async function measured(name, settings) {
  console.error(`measuring ${name}`)
  const args = ['--expose-gc', '--max-old-space-size=8192', path('rag-client.mjs'), path(`rag-stores/${name}.mjs`)]
  const { stdout } = await run1(process.execPath, [...args, JSON.stringify(settings)], { maxBuffer: 1e7 })
  return JSON.parse(stdout)
}
