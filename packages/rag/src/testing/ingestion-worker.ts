// A process that adds documents of a queue to a SQLite file: ingestion-worker.ts <url> <name> <file>. It says which are there, until it is ended.
import { setTimeout as wait } from 'node:timers/promises'
import { put } from '../conformance/case.ts'
import type { Document } from '../contract.ts'
import { ingestionQueue } from '../jobs/ingestion-queue.ts'
import { sqliteStore } from '../store/sqlite/sqlite-store.ts'

const [url = '', name = '', path = ''] = process.argv.slice(2)

async function work() {
  const store = sqliteStore(path)
  await store.open()
  const queue = await ingestionQueue({ url, name })
  await queue.work(
    {
      async add({ id, text }: Document) {
        console.log(`begin ${id}`)
        await wait(20)
        await put(store, id, text.split('\n'))
      },
    },
    { lease: 1000, concurrency: 3 },
  )
}

work().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
