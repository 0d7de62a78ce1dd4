// A process that puts documents into a SQLite file: store-writer.ts <file> <id or folder/> <chunks per document>. It says what is there, line by line, until all 40 are or it is ended.
import { put } from '../conformance/case.ts'
import { sqliteStore } from '../store/sqlite/sqlite-store.ts'

const [path = '', id = '', chunks = ''] = process.argv.slice(2)
const store = sqliteStore(path)
const vector = new Float32Array(8).fill(1)

async function write() {
  await store.open()
  for (let round = 0; round < 40; round++) {
    const inputs = Array.from({ length: Number(chunks) + (round % 3) }, (_, i) => ({
      text: `common ${round} ${i}`,
      vector,
    }))
    await put(store, id.endsWith('/') ? `${id}${round}` : id, inputs)
    console.log(round)
  }
  await store.close()
}

write().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
