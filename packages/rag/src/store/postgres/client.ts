import { setTimeout as wait } from 'node:timers/promises'
import { isAnyModelError } from '@anymodel/core'
import { databaseFailure } from './failure.ts'

/** What the store needs of a pool; `new Pool()` of `pg` fits. */
export interface PostgresPool {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>
  connect(): Promise<PostgresClient>
}

/** A connection of a pool. */
export interface PostgresClient {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>
  /** Gives it back; with an error, it is not used again. */
  release(error?: Error | boolean): void
}

export interface Row {
  readonly [column: string]: string | number | boolean | null
}

/** Runs one statement. */
export type Query = (sql: string, values?: unknown[]) => Promise<Row[]>

export const queryOf =
  (on: Pick<PostgresPool, 'query'>): Query =>
  async (sql, values = []) => {
    try {
      return (await on.query(sql, values)).rows as Row[]
    } catch (error) {
      throw databaseFailure(error)
    }
  }

/** Statements that stand in each other's way are run again so many times. */
const attempts = 10

/** All or nothing, again when the database broke it off in favour of another transaction. */
export async function transaction<T>(pool: PostgresPool, body: (query: Query) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, body)
    } catch (error) {
      const again = isAnyModelError(error) && /^40(001|P01)$/.test(error.providerCode ?? '')
      if (!again || attempt === attempts) throw error
      await wait(Math.random() * 2 ** attempt)
    }
  }
}

async function once<T>(pool: PostgresPool, body: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseFailure(error)
  })
  const query = queryOf(client)
  let broken: Error | undefined
  try {
    await query('BEGIN')
    const result = await body(query)
    await query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}
