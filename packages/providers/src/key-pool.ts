import type { AnyModelError } from '@anymodel/core'

/** A key, or a function that fetches it (called per request). */
export type Key = string | (() => string | Promise<string>)

/** Milliseconds for which a key rests whose service says nothing about it: after a rate limit, and after it was refused or its quota was used up. */
const rests: { readonly [code: string]: number } = { 'rate-limit': 5_000, auth: 300_000, quota: 300_000 }

interface Pooled {
  readonly key: Key
  /** As it was sent last. */
  value: string | undefined
  /** The end of its rest. */
  until: number
}

/** Several keys of one service, which take turns. One that is refused, or limited, rests for a while. */
export class KeyPool {
  readonly #keys: readonly Pooled[]
  #turn = 0

  constructor(keys: readonly Key[]) {
    this.#keys = keys.map((key) => ({ key, value: undefined, until: 0 }))
  }

  /** The next key that does not rest; when all do, the one that has rested enough first. */
  async next(): Promise<string | undefined> {
    const turn = this.#turn++
    const inTurn = this.#keys.map((_, at) => this.#keys[(turn + at) % this.#keys.length] as Pooled)
    const now = Date.now()
    const pooled = inTurn.find(({ until }) => until <= now) ?? inTurn.sort((a, b) => a.until - b.until)[0]
    if (!pooled) return undefined
    const value = typeof pooled.key === 'function' ? await pooled.key() : pooled.key
    pooled.value = value.trim()
    return value
  }

  /** What a failure means when there are other keys: it may be made good at once, or as soon as the first one has rested. `sent`: the credentials of the request. */
  failed(error: AnyModelError, sent: readonly string[]): AnyModelError {
    const rest = rests[error.code]
    if (rest === undefined) return error
    const now = Date.now()
    const used = this.#keys.filter(({ value }) => value !== undefined && sent.includes(value))
    for (const pooled of used) pooled.until = now + Math.max(error.retryAfter ?? 0, rest)
    const wait = Math.max(0, Math.min(...this.#keys.map(({ until }) => until)) - now)
    if (wait === 0) return error.with({ retryable: true, retryAfter: 0 })
    return error.code === 'rate-limit' ? error.with({ retryAfter: Math.min(wait, error.retryAfter ?? wait) }) : error
  }
}
