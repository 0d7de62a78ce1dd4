// Adds documents to a SQLite store and prints each one as soon as it is told: `add-in-process.ts <file> <first> <last>`.
import type { EmbeddingModel } from '@anymodel/core'
import { knowledge, sqliteStore } from '@anymodel/rag'

const [file = '', first = '0', last = '0'] = process.argv.slice(2)

/** Takes its time, so that a process can be killed while it works. */
const embedding: EmbeddingModel = {
  provider: 'test',
  id: 'slow',
  maxBatch: 16,
  async embed({ values }) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return {
      embeddings: values.map((text) => Float32Array.of(text.length, 1, text.charCodeAt(9) || 0)),
      usage: {},
      warnings: [],
    }
  },
}

async function* documents() {
  for (let at = Number(first); at < Number(last); at++)
    yield { id: `d${at}`, text: `Document ${at}.\n\n${'It says something. '.repeat(60)}` }
}

const kb = await knowledge({ store: sqliteStore(file), embedding })
const report = await kb.add(documents(), { onProgress: ({ id, outcome }) => console.log(`${outcome} ${id}`) })
console.log(JSON.stringify(report))
await kb.close()
