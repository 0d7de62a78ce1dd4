import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(
  new URL('../../node_modules/.cache/anymodel-bench/vectors-all-minilm-l6-v2.bin', import.meta.url),
)
const keyLength = 32

/** An embedding model that computes every text once and keeps the vectors in a file. `save` writes it. */
export function cachedEmbedding(model, dimensions) {
  const size = keyLength + 4 * dimensions
  const known = new Map()
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  for (let at = 0; at + size <= bytes.length; at += size)
    known.set(bytes.toString('hex', at, at + keyLength), Buffer.from(bytes.subarray(at + keyLength, at + size)))
  const keyOf = (purpose, text) =>
    createHash('sha256')
      .update(`${purpose ?? ''} ${text}`)
      .digest('hex')
  const toVector = (buffer) => new Float32Array(new Uint8Array(buffer).buffer)
  let fresh = 0
  return {
    provider: model.provider,
    id: model.id,
    maxBatch: 64,
    async embed({ values, purpose, ...call }) {
      const missing = [...new Set(values)].filter((text) => !known.has(keyOf(purpose, text)))
      if (missing.length > 0) {
        const { embeddings } = await model.embed({ ...call, purpose, values: missing })
        for (const [at, text] of missing.entries())
          known.set(keyOf(purpose, text), Buffer.from(embeddings[at].slice().buffer))
        fresh += missing.length
      }
      return { embeddings: values.map((text) => toVector(known.get(keyOf(purpose, text)))), usage: {}, warnings: [] }
    },
    save() {
      if (fresh === 0) return
      mkdirSync(dirname(file), { recursive: true })
      const making = `${file}.${process.pid}`
      writeFileSync(making, Buffer.concat([...known].flatMap(([key, vector]) => [Buffer.from(key, 'hex'), vector])))
      renameSync(making, file)
      fresh = 0
    },
  }
}
