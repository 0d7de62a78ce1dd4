import { setTimeout as wait } from 'node:timers/promises'
import { AnyModelError, isAnyModelError } from '@anymodel/core'
import type { LanceConnection, LanceDb, LanceTable } from './client.ts'
import type { LanceRow } from './rows.ts'

/** The table, made with the first rows that are put: before that there is none. */
export interface LancePlace {
  table(): Promise<LanceTable | undefined>
  /** Makes the table of these rows, in place of one that is there. */
  make(rows: readonly LanceRow[]): Promise<void>
  /** Writes of this store, one after another, again when another writer came first. */
  write<T>(body: () => Promise<T>): Promise<T>
  /** When what is being written is. */
  close(): Promise<void>
}

/** After so many writes, what they left in many small files is put together. */
const writesBetween = 50
const attempts = 20

export async function openPlace(lancedb: LanceDb, uri: string, name: string): Promise<LancePlace> {
  // 0: whatever others have written is seen at once.
  const connection = await failing(() => lancedb.connect(uri, { readConsistencyInterval: 0 }))
  let opened: LanceTable | undefined
  let writes = 0
  let last: Promise<unknown> = Promise.resolve()
  const table = async () => {
    opened ??= (await connection.tableNames()).includes(name) ? await openTable(connection, name) : undefined
    return opened
  }
  const tidy = async () => {
    if (++writes % writesBetween === 0) await (await table())?.optimize().catch(() => {})
  }
  return {
    table: () => failing(table),
    async make(rows) {
      opened = await makeTable(lancedb, connection, name, rows, opened !== undefined)
    },
    write(body) {
      const mine = last.then(() => retried(body))
      last = mine.then(tidy).catch(() => {})
      return mine
    },
    async close() {
      await last
      connection.close()
    },
  }
}

/** A table that another writer is about to make has its name before it is there. */
const openTable = (connection: LanceConnection, name: string): Promise<LanceTable | undefined> =>
  connection.openTable(name).catch((error: unknown) => {
    if (/not found/i.test((error as Error).message)) return undefined
    throw error
  })

async function makeTable(
  { Index }: LanceDb,
  connection: LanceConnection,
  name: string,
  rows: readonly LanceRow[],
  replace: boolean,
): Promise<LanceTable> {
  const table = await connection.createTable(
    name,
    rows.map((row) => ({ ...row })),
    replace ? { mode: 'overwrite' } : {},
  )
  // The words are cut by us, so that every store finds alike.
  const config = Index.fts({
    baseTokenizer: 'whitespace',
    lowercase: false,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
    maxTokenLength: 1024,
    withPosition: false,
  })
  await table.createIndex('words', { config, replace: true })
  return table
}

async function retried<T>(body: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await failing(body)
    } catch (error) {
      const conflict = /conflict|concurrent|already exists/i.test((error as Error).message)
      if (!conflict || attempt === attempts) throw error
      await wait(Math.random() * 10 * attempt)
    }
  }
}

/** Failures of LanceDB as errors that say so. */
export async function failing<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (cause) {
    if (isAnyModelError(cause)) throw cause
    const { message } = cause as Error
    if (/no space|disk full|os error 28/i.test(message))
      throw new AnyModelError(
        'config',
        `The disk of the store is full. Make room and add again: what was there is there as before. (${message})`,
        { cause },
      )
    throw new AnyModelError('server', `LanceDB failed: ${message}`, { cause })
  }
}
