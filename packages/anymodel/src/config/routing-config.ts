import type { Modality, Price, StrategyName } from '@anymodel/core'
import type { AnyKindOfModel } from '../roles/kinds.ts'
import type { Duration } from './config.ts'
import type { LimitConfig } from './limits-config.ts'

/** A share: `5%`. */
type Share = string

/** An amount of money: `0.01 usd`. */
export type Money = string

/** What a call must be like. All that is set must hold. */
export interface WhenConfig {
  /** Tokens that go in, estimated as a quarter of the characters. */
  readonly maxInputTokens?: number
  readonly minInputTokens?: number
  /** Texts to embed, documents to rank. */
  readonly maxTexts?: number
  readonly minTexts?: number
  /** Of what is embedded, ranked, drawn, filmed, spoken or completed. */
  readonly maxCharacters?: number
  readonly minCharacters?: number
  /** Pictures or videos of one request. */
  readonly maxCount?: number
  readonly minCount?: number
  /** Of a video, or of sound that is written down. */
  readonly maxSeconds?: number
  readonly minSeconds?: number
  /** Width times height of a picture or video. */
  readonly maxPixels?: number
  readonly minPixels?: number
  /** The call brings nothing but these; `text`: no files. */
  readonly modality?: Modality | readonly Modality[]
  /** Tags of the call, each with its value or one of several. */
  readonly tags?: Readonly<Record<string, string | readonly string[]>>
}

/** A target with conditions: a model or a role, and the calls that it gets. Limits are for models. */
export interface ConditionalTarget extends LimitConfig {
  readonly model?: string | AnyKindOfModel
  readonly role?: string
  readonly when?: WhenConfig
  /** US dollars. What is absent is not known. */
  readonly price?: Price
}

/** One of the targets of a balance. */
export interface BalanceEntry extends ConditionalTarget {
  /** How often it is chosen, in proportion to the others. Default 1. */
  readonly weight?: number
}

/** Several targets that share the calls. A role in it counts with all its models. */
export interface BalanceConfig {
  readonly balance: StrategyName
  readonly of: readonly (string | AnyKindOfModel | BalanceEntry)[]
  /** Of `latency`: targets up to this share slower than the fastest are taken for equal. Default `0%`. */
  readonly buffer?: Share
  /** Of `adaptive`: the time within which the first content should come. Default 10s. */
  readonly deadline?: Duration
  /** Of `adaptive`: what an answer that fails or comes late costs you. Default 0.01 usd. */
  readonly badOutcomeCost?: Money
  /** Keeps a conversation with the target whose prompt cache knows it. Calls with the same value of `tag` are one conversation, else those that begin alike. */
  readonly sticky?: boolean | { readonly tag?: string; readonly ttl?: Duration }
  /** Share what it learns with other processes, in the `state` of the config. Default false. */
  readonly shared?: boolean
}

export interface BreakerConfig {
  /** So many failures in a row open it. Default 5. */
  readonly failures?: number
  /** How long it stays open at first. Default 5s. */
  readonly cooldown?: Duration
  /** How long it stays open at most. Default 5m. */
  readonly maxCooldown?: Duration
  /** One breaker for all processes, in the `state` of the config. Default false. */
  readonly shared?: boolean
}

export interface HedgeConfig {
  /** Who is asked besides. */
  readonly to: string | { readonly role: string } | AnyKindOfModel
  /** After so long without content; `p95`: as long as 19 of 20 took lately. Default `p95`. */
  readonly after?: Duration | 'p95'
  /** Extra requests, as a share of all. Default `5%`. */
  readonly maxExtra?: Share
}

export interface HoldConfig {
  /** So many characters of text. */
  readonly chars?: number
  /** For so long after the first content. */
  readonly time?: Duration
}
