import { AnyModelError } from '../errors.ts'
import { pause } from '../resilience/pause.ts'
import { longest, pieceOf, waitFor } from './pieces.ts'
import * as sql from './sqlite-statements.ts'
import type { Claim, Hold, Settlement, State, Taken } from './state.ts'

type Argument = string | number

/** A client for SQLite: of `@libsql/client` (`execute`), or of `better-sqlite3` or `node:sqlite` (`prepare`). */
export type SqliteClient =
  | {
      execute(statement: { sql: string; args: Argument[] }): Promise<{ readonly rows: readonly unknown[] }>
      reconnect?(): unknown
    }
  | { prepare(sql: string): { all(...args: Argument[]): unknown[]; run(...args: Argument[]): unknown } }

export interface SqliteStateOptions {
  /** Longest that one operation may take, in ms: other processes may be writing, and SQLite waits for them in this thread (for microseconds, as a rule). Default 5,000. */
  readonly timeout?: number
  /** Milliseconds since the epoch, of a clock that all who share the file agree on. Default: SQLite's. */
  readonly now?: () => number
}

/**
 * A state in an SQLite file, for the processes of one machine. Its tables (`anymodel_counts`, `anymodel_values`) are made when they are not there; the file is put into WAL mode. The client stays yours
 * to close, and should be for this alone.
 *
 * ```ts
 * const state = sqliteState(createClient({ url: 'file:anymodel.db' }))
 * ```
 */
export function sqliteState(client: SqliteClient, { timeout = 5_000, now }: SqliteStateOptions = {}): State {
  const ask = setUp(patient(client, timeout))
  const clock = () => now?.() ?? -1
  return {
    async get(key) {
      const [row] = await ask<{ value: string }>(sql.get(), [clock(), key])
      return row?.value
    },
    async set(key, value, ttl) {
      await ask(sql.set(), [clock(), key, value, Math.ceil(ttl)])
      await ask(sql.sweepValues(), [clock()])
    },
    async delete(key) {
      await ask(sql.remove, [key])
    },
    take: (claims) => take(ask, claims, clock),
    counted: (keys) =>
      Promise.all(
        keys.map(async (key) => {
          const rows = await ask<Row>(sql.counted(), [clock(), key])
          return rows.reduce((sum, { amount }) => sum + amount, 0)
        }),
      ),
    async settle(settlements) {
      await ask(sql.settle(), [clock(), JSON.stringify(settlements.map(toRow))])
      await ask(sql.sweepCounts(), [clock()])
    },
  }
}

type Ask = <R>(sql: string, args: Argument[]) => Promise<readonly R[]>

async function take(ask: Ask, claims: readonly Claim[], clock: () => number): Promise<Taken> {
  const rows = claims.map(({ key, amount, limit, window, lease = null }, at) => {
    return { at, key, amount, limit, window, lease, piece: pieceOf(window) }
  })
  const granted = await ask<{ key: string; part: string }>(sql.take(), [clock(), JSON.stringify(rows)])
  if (granted.length === claims.length) return { granted: true, holds: claims.map((claim) => toHold(claim, granted)) }
  for (const [at, claim] of claims.entries()) {
    const counted = await ask<Row>(sql.counted(), [clock(), claim.key])
    const now = Number(counted[0]?.now)
    const most = longest({ window: claim.window, isLease: claim.lease !== undefined })
    // The clock was set back: what was granted before counts as granted now.
    if (counted.some(({ expires }) => expires > now + most)) await ask(sql.clamp(), [clock(), claim.key, most])
    const others = counted
      .filter(({ part }) => part !== claim.lease)
      .map((row) => ({ ...row, expires: Math.min(row.expires, now + most) }))
    const sum = others.reduce((sum, { amount }) => sum + amount, claim.amount)
    if (sum > claim.limit) return { granted: false, at, wait: waitFor(others, claim, now) }
  }
  // Room came up in between.
  return { granted: false, at: 0, wait: 1 }
}

interface Row {
  readonly part: string
  readonly amount: number
  readonly expires: number
  readonly now: number
}

function toHold({ key, amount, window, lease }: Claim, granted: readonly { key: string; part: string }[]): Hold {
  const { part } = granted.find((row) => row.key === key) as { part: string }
  return { key, amount, window, part, isLease: lease !== undefined }
}

const toRow = ({ hold: { key, part, amount: claimed, window, isLease }, amount }: Settlement) => ({
  key,
  part,
  lease: isLease ? 1 : 0,
  by: isLease ? amount : amount - claimed,
  window,
  piece: pieceOf(window),
})

/** Makes the tables before the first statement; when that fails, before the next one. */
function setUp(run: Ask): Ask {
  let ready: Promise<unknown> | undefined
  const make = async () => {
    for (const statement of sql.schema) await run(statement, [])
  }
  return async (statement, args) => {
    ready ??= make()
    await ready.catch((error) => {
      ready = undefined
      throw error
    })
    return run(statement, args)
  }
}

/** Runs statements; one that finds the file locked all the same (not for everything SQLite waits) is run again. */
function patient(client: SqliteClient, timeout: number): Ask {
  const connect = async () => {
    for (const setting of sql.settings(timeout)) await execute(client, setting, [])
  }
  let ready: Promise<unknown> | undefined
  return async <R>(statement: string, args: Argument[]) => {
    for (const deadline = performance.now() + timeout; ; await pause(Math.random() * 20)) {
      try {
        await (ready ??= connect())
        return (await execute(client, statement, args)) as readonly R[]
      } catch (cause) {
        ready = undefined
        // libsql leaves a statement that met a lock open, and with it whatever is written on that connection afterwards.
        if ('reconnect' in client) await client.reconnect?.()
        if (isBusy(cause) && performance.now() < deadline) continue
        const message = `The state in SQLite can't be used: ${messageOf(cause)}. Check its path, and that it may be written.`
        throw new AnyModelError('network', message, { cause, phase: 'connect' })
      }
    }
  }
}

const isBusy = (error: unknown): boolean => /BUSY|LOCKED|locked/.test(`${(error as { code?: unknown })?.code} ${error}`)

async function execute(client: SqliteClient, sql: string, args: Argument[]): Promise<readonly unknown[]> {
  if ('execute' in client) return (await client.execute({ sql, args })).rows
  const statement = client.prepare(sql)
  if (/^\s*(?:SELECT|PRAGMA)|RETURNING/.test(sql)) return statement.all(...args)
  statement.run(...args)
  return []
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
