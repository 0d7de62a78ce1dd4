import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { isAnyModelError } from '@anymodel/core'
import type { Client, InArgs, Transaction as LibsqlTransaction, Row } from '@libsql/client'
import { fileFailure } from './failure.ts'

/** Statements of one transaction. */
export interface Transaction {
  rows(sql: string, args?: InArgs): Promise<Row[]>
  /** The key of the row that it made last. */
  run(sql: string, args?: InArgs): Promise<number>
}

/** A SQLite file. Transactions of this process run one after another, those of several wait for each other. */
export interface Connection {
  /** Sees one state of the file from beginning to end. */
  read<T>(body: (transaction: Transaction) => Promise<T>): Promise<T>
  /** All or nothing: whatever is thrown in it, the file stays as it was. */
  write<T>(body: (transaction: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** How long other processes may write before a call gives up, in milliseconds. */
const patience = 60_000

/** Of each connection. What is committed survives the end of a process; the last of it may be lost when the machine loses power, and the file stays whole. */
const settings = 'PRAGMA synchronous = NORMAL;'

export async function openFile(path: string): Promise<Connection> {
  const { createClient } = await import('@libsql/client/sqlite3')
  const client = await connect(createClient, path)
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(body: () => Promise<T>): Promise<T> => {
    const mine = last.then(body)
    last = mine.catch(() => {})
    return mine
  }
  const run = <T>(mode: 'read' | 'write', body: (transaction: Transaction) => Promise<T>) =>
    inTurn(() => whenOurs(client, path, () => inTransaction(client, mode, body)))
  return {
    read: (body) => run('read', body),
    write: (body) => run('write', body),
    close: () => inTurn(async () => client.close()),
  }
}

async function connect(
  createClient: typeof import('@libsql/client/sqlite3')['createClient'],
  path: string,
): Promise<Client> {
  try {
    await mkdir(dirname(resolve(path)), { recursive: true })
    // One connection, which never waits by itself: waiting would hold up the whole process.
    const client = createClient({ url: pathToFileURL(resolve(path)).href, concurrency: 1, timeout: 0 })
    await whenFree(path, () => client.executeMultiple(`PRAGMA journal_mode = WAL; ${settings}`))
    return client
  } catch (error) {
    throw isAnyModelError(error) ? error : fileFailure(error, path)
  }
}

async function inTransaction<T>(
  client: Client,
  mode: 'read' | 'write',
  body: (transaction: Transaction) => Promise<T>,
) {
  const open = await client.transaction(mode === 'read' ? 'deferred' : 'write')
  try {
    const result = await body(statements(open))
    await open.commit()
    return result
  } finally {
    open.close()
  }
}

const statements = (open: LibsqlTransaction): Transaction => ({
  rows: async (sql, args = []) => (await open.execute({ sql, args })).rows,
  run: async (sql, args = []) => Number((await open.execute({ sql, args })).lastInsertRowid ?? 0),
})

/** Runs again when another process held the file. */
async function whenOurs<T>(client: Client, path: string, body: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + patience; ; ) {
    try {
      return await body()
    } catch (error) {
      if (isAnyModelError(error)) throw error
      if (!isBusy(error) || Date.now() > end) throw fileFailure(error, path)
      // The statement that failed keeps its view of the file until it is collected, and with it the connection could never write again.
      await client.reconnect()
      await whenFree(path, () => client.executeMultiple(`${settings} BEGIN IMMEDIATE; ROLLBACK`))
    }
  }
}

/** Scripts leave nothing behind when they fail, so they may be tried again and again. */
async function whenFree(path: string, script: () => Promise<void>): Promise<void> {
  const end = Date.now() + patience
  for (let delay = 1; ; delay = Math.min(delay * 2, 10)) {
    try {
      return await script()
    } catch (error) {
      if (!isBusy(error) || Date.now() > end) throw fileFailure(error, path)
      await wait(delay * (0.5 + Math.random()))
    }
  }
}

const isBusy = (error: unknown) => (error as { code?: unknown }).code === 'SQLITE_BUSY'
