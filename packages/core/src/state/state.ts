/** What a call wants of a limit: so much, for so long. */
export interface Claim {
  readonly key: string
  /** A whole number from 0. */
  readonly amount: number
  /** The most that may count at once. */
  readonly limit: number
  /** Milliseconds for which it counts; of a lease, until it has to be renewed. */
  readonly window: number
  /** Makes it a lease with this name: it counts until it is settled at 0, or not renewed in time. */
  readonly lease?: string
}

/** A claim that was granted. Plain JSON: another process may settle it. */
export interface Hold {
  readonly key: string
  readonly amount: number
  readonly window: number
  /** Under which name the state keeps it: the lease's, or that of the piece of time in which it was granted. */
  readonly part: string
  readonly isLease: boolean
}

export type Taken =
  | { readonly granted: true; readonly holds: readonly Hold[] }
  /** `at`: the first claim that did not fit. `wait`: milliseconds after which it may, if nothing more is taken. */
  | { readonly granted: false; readonly at: number; readonly wait: number }

/** What a hold came to in the end. */
export interface Settlement {
  readonly hold: Hold
  /** The actual amount. 0 gives all of it back; a lease that is settled at its own amount is renewed. */
  readonly amount: number
}

/**
 * What limits, budgets and caches remember: in this process (`memoryState`), in a file (`sqliteState`) or in a service (`redisState`) that many processes share. Every method is atomic, and the state's
 * own clock counts. Methods reject with `network` when the state can't be reached; none waits for ever.
 */
export interface State {
  /** A value that has not lapsed. */
  get(key: string): Promise<string | undefined>
  /** Keeps a value (a text without NUL) for `ttl` milliseconds. A state that is full forgets what was not read for longest. */
  set(key: string, value: string, ttl: number): Promise<void>
  delete(key: string): Promise<void>
  /**
   * Grants all claims or none, each of another key. What is granted counts for at least its window and at most a sixtieth longer: in no stretch of a window's length more than `limit` is granted. What is
   * never settled stays as it was claimed until then: a process that dies costs what it reserved.
   */
  take(claims: readonly Claim[]): Promise<Taken>
  /** Puts actual amounts in place of claimed ones. What lapsed since stays lapsed, but what came to more than was claimed counts from now on. */
  settle(settlements: readonly Settlement[]): Promise<void>
  /** How much counts of each key now, in the order of the keys: for those who look, and change nothing. */
  counted?(keys: readonly string[]): Promise<readonly number[]>
  close?(): Promise<void>
}
