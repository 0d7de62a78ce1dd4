import { createHash } from 'node:crypto'
import { AnyModelError } from '../errors.ts'
import { pieceOf } from './pieces.ts'
import * as scripts from './redis-scripts.ts'
import type { Claim, State, Taken } from './state.ts'

/** A client for Redis or Valkey: of `ioredis` (`call`), or of `redis` (`sendCommand`), connected. */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> }

export interface RedisStateOptions {
  /** What all keys begin with. Default `anymodel:`. */
  readonly prefix?: string
  /** Longest that one operation may take, in ms. After that Redis counts as lost, and is asked again a second later. Default 1,000. */
  readonly timeout?: number
}

/**
 * A state in Redis (5 or later) or Valkey, for processes on many machines. Redis' clock counts. Everything has a time to live; a Redis that evicts keys before that may forget what was spent, so give large caches another one. In a cluster the keys of one limit share a hash slot. The
 * client stays yours to close. Make it so that it keeps nothing for later (`enableOfflineQueue: false` of `ioredis`, `disableOfflineQueue: true` of `redis`).
 *
 * ```ts
 * const state = redisState(new Redis(process.env.REDIS_URL, { enableOfflineQueue: false }))
 * ```
 */
export function redisState(
  client: RedisClient,
  { prefix = 'anymodel:', timeout = 1_000 }: RedisStateOptions = {},
): State {
  const send = inTime(client, timeout)
  const run = runner(send)
  const state: State = {
    async get(key) {
      return ((await send(['GET', prefix + key])) as string | null) ?? undefined
    },
    async set(key, value, ttl) {
      await send(['SET', prefix + key, value, 'PX', String(Math.ceil(ttl))])
    },
    async delete(key) {
      await send(['DEL', prefix + key])
    },
    async take(claims) {
      const args = claims.flatMap(({ amount, limit, window, lease = '' }) => [
        ...[amount, limit, window, pieceOf(window)].map(String),
        lease,
      ])
      const keys = claims.map(({ key }) => prefix + key)
      const read = (reply: unknown) => toTaken(claims, reply as readonly (string | number)[])
      // What is granted when nobody waits for it any more is given back.
      const undo = (reply: unknown) => {
        const late = read(reply)
        if (late.granted) state.settle(late.holds.map((hold) => ({ hold, amount: 0 }))).catch(() => {})
      }
      return read(await run(scripts.take(), keys, args, undo))
    },
    async counted(keys) {
      if (keys.length === 0) return []
      const names = keys.map((key) => prefix + key)
      return ((await run(scripts.counted(), names, [])) as readonly (string | number)[]).map(Number)
    },
    async settle(settlements) {
      const args = settlements.flatMap(({ hold: { part, isLease, amount: claimed, window }, amount }) => {
        const by = isLease ? amount : amount - claimed
        return [part, isLease ? '1' : '', String(by), String(window), String(pieceOf(window))]
      })
      const keys = settlements.map(({ hold }) => prefix + hold.key)
      if (keys.length > 0) await run(scripts.settle(), keys, args)
    },
  }
  return state
}

function toTaken(claims: readonly Claim[], [at, ...rest]: readonly (string | number)[]): Taken {
  if (Number(at) >= 0) return { granted: false, at: Number(at), wait: Number(rest[0]) }
  const holds = claims.map(({ key, amount, window, lease }, at) => {
    return { key, amount, window, part: String(rest[at]), isLease: lease !== undefined }
  })
  return { granted: true, holds }
}

/** `late` is told of a reply for which nobody waits any more. */
type Send = (args: string[], late?: (reply: unknown) => void) => Promise<unknown>

/** A script by its hash; Redis may have forgotten it. */
const runner =
  (send: Send) =>
  async (script: string, keys: readonly string[], args: readonly string[], late?: (reply: unknown) => void) => {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await send(['EVALSHA', createHash('sha1').update(script).digest('hex'), ...rest], late)
    } catch (error) {
      if (!String((error as Error).cause).includes('NOSCRIPT')) throw error
      return send(['EVAL', script, ...rest], late)
    }
  }

/** Clients may keep commands until there is a connection again: nobody waits for that here. */
function inTime(client: RedisClient, timeout: number): Send {
  let lostUntil = 0
  return async (args, missed) => {
    if (performance.now() < lostUntil) throw lost(`it did not answer within ${timeout} ms a moment ago`)
    let timer: NodeJS.Timeout | undefined
    const reply = ask(client, args)
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        lostUntil = performance.now() + 1_000
        const answered = (late: unknown) => {
          lostUntil = 0
          missed?.(late)
        }
        reply.then(answered, () => {})
        reject(lost(`it did not answer within ${timeout} ms`))
      }, timeout)
    })
    try {
      return await Promise.race([reply, late])
    } catch (cause) {
      throw cause instanceof AnyModelError ? cause : lost(messageOf(cause), cause)
    } finally {
      clearTimeout(timer)
    }
  }
}

const ask = async (client: RedisClient, args: string[]): Promise<unknown> =>
  'call' in client ? client.call(args[0] as string, ...args.slice(1)) : client.sendCommand(args)

const lost = (why: string, cause?: unknown): AnyModelError =>
  new AnyModelError('network', `The state in Redis can't be used: ${why}. Check that it runs and can be reached.`, {
    cause,
    phase: 'connect',
  })

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
