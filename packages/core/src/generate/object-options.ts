import type { Message } from '../contract/message.ts'
import type { Attempt, FinishReason, ResponseInfo, Warning } from '../contract/part.ts'
import type { OutputMode } from '../contract/text.ts'
import type { Usage } from '../contract/usage.ts'
import type { Schema } from '../schema/standard-schema.ts'
import type { TextOptions } from './options.ts'

type OfTools = 'tools' | 'toolChoice' | 'toolConcurrency' | 'approvals' | 'stopWhen' | 'prepareStep'

/** Options of `generateObject` and `streamObject`, next to one of `schema`, `array` and `choice`. */
export interface ObjectOptions extends Omit<TextOptions, OfTools> {
  /** What the object is called towards the model: letters, digits, `_` and `-`, at most 64. Default `answer`. */
  readonly name?: string
  /** What the object is, for the model. */
  readonly description?: string
  /** How to ask for it. Default: the first of `model.supports.output` that takes the schema. */
  readonly mode?: OutputMode
  /** How often the model is asked again, with what is wrong, when its answer does not fit. 0 to 10, default 2. */
  readonly reasks?: number
}

/** What is asked for; exactly one of the three. */
export interface ObjectTarget {
  /** One value that fits this schema. */
  readonly schema?: Schema
  /** A list of values that each fit this schema. */
  readonly array?: Schema
  /** One of these texts. */
  readonly choice?: readonly string[]
}

/** What `generateObject` gives. */
export interface ObjectResult<T> {
  /** Checked against the whole schema, with its defaults and transformations. */
  readonly object: T
  /** The answer as the model wrote it. */
  readonly text: string
  /** All readable reasoning of the answer, joined. */
  readonly reasoning: string
  readonly finishReason: FinishReason
  /** Summed over re-asks. */
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  /** Every request; one whose answer did not fit has the outcome `invalid-output`. */
  readonly attempts: readonly Attempt[]
  /** How often the model was asked again. */
  readonly reasks: number
  /** How the object was asked for. */
  readonly mode: OutputMode
  /** The conversation, to continue with: plain JSON, without the `system` option and without the answers that did not fit. */
  readonly messages: readonly Message[]
  readonly response: ResponseInfo
}

/** An object in the making: anything may still be missing. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? DeepPartial<Item>[]
  : T extends Date | Uint8Array | ((...args: never[]) => unknown)
    ? T
    : T extends object
      ? { [K in keyof T]?: DeepPartial<T[K]> }
      : T
