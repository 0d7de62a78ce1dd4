import type { Price } from '@anymodel/core'
import type { Duration } from './config.ts'
import type { Money } from './routing-config.ts'

/** How much a model is asked at most. Requests beyond that wait in line for up to 30 seconds. */
export interface LimitConfig {
  /** Requests per minute. */
  readonly rpm?: number | undefined
  /** Tokens per minute, input and output. */
  readonly tpm?: number | undefined
  /** The same within any 24 hours. */
  readonly rpd?: number | undefined
  readonly tpd?: number | undefined
  /** Requests within a calendar month, by UTC. */
  readonly rpmo?: number | undefined
  /** Requests at once. */
  readonly concurrency?: number | undefined
}

/** What may be spent within a time. */
export interface BudgetConfig {
  /** Of which the prices of all models must be known, or an amount of tokens: `2000000 tokens`. */
  readonly limit: Money | string
  /** Length of the window: in no stretch of this length more is spent. `1mo`: the calendar month, by UTC. */
  readonly per: Duration | '1mo'
  /** Name of a tag: each of its values has this budget for itself. */
  readonly by?: string
  /** Who answers when there may be too little left; that model's answers do not count. Default `error`. */
  readonly onExceed?: 'error' | { readonly role: string }
}

/** Which answers of a role are kept. */
export interface CacheConfig {
  /** Default `exact`. */
  readonly mode?: 'exact' | 'semantic'
  /** Default 1h. */
  readonly ttl?: Duration
  /** Only caches with the same namespace share answers. */
  readonly namespace?: string
  /** Keep answers at temperatures above 0, too. Default false. */
  readonly anyTemperature?: boolean
  /** Of `semantic`: what compares questions. Default: the built-in local model. */
  readonly embedding?: string | { readonly role: string }
  /** Of `semantic`: the least cosine of two questions that count as one. Default 0.92. */
  readonly threshold?: number
}

/** What happens while the state can't be reached. Default: limits let calls through, budgets refuse them. */
interface StateLoss {
  readonly onError?: 'allow' | 'refuse'
}

/** Where limits, budgets and caches keep what they know: in this process, in a file that the processes of a machine share, or in Redis. */
export type StateConfig =
  | 'memory'
  /** Path, relative to the config file. Needs the package `@libsql/client`. */
  | ({ readonly sqlite: string } & StateLoss)
  /** URL. Needs the package `ioredis`. */
  | ({ readonly redis: string } & StateLoss)

/** US dollars, by `provider/model`: for a million tokens, and for what else models are paid by. */
export type PricesConfig = Readonly<Record<string, Price>>
