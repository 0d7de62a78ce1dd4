import type {
  CodeFile,
  CodeModel,
  CodeTuning,
  FinishReason,
  Json,
  Part,
  ReasoningOptions,
  ResponseInfo,
  TextModel,
  Usage,
  Warning,
} from '@anymodel/core'
import type { FillFamily } from './families.ts'
import type { Cut } from './trim.ts'

/** A model that completes code: one made for it (`mistral().code(id)`), or any that writes text. */
export type CompletionModel = CodeModel | TextModel

/** Options of `completeCode` and `streamCompletion`. */
export interface CompletionOptions extends CodeTuning {
  /** The model, or a function that gives it when the call begins. */
  readonly model: CompletionModel | (() => CompletionModel | Promise<CompletionModel>)
  /** What stands before the cursor. */
  readonly prefix: string
  /** What stands after it. Default: nothing. */
  readonly suffix?: string
  /** A name or file ending such as `typescript` or `ts`. Default: by the ending of `path`. */
  readonly language?: string
  /** Path of the file, for models and templates that want it. */
  readonly path?: string
  /** Other files that the model should know, the most useful first. */
  readonly context?: readonly CodeFile[]
  /** Characters of prefix and suffix that go to the model, two thirds of them before the cursor. Default 12,000. */
  readonly maxInput?: number
  /** Characters of the other files; a file that does not fit is left out, with a warning. Default 12,000. */
  readonly maxContext?: number
  /** Tokens of the completion. Default 256. */
  readonly maxTokens?: number
  /** Default 0. */
  readonly temperature?: number
  /** For text models that reason: `{ effort: 'none' }`, or a larger `maxTokens`, which reasoning is part of. */
  readonly reasoning?: ReasoningOptions
  /** `one`: end at the first line break. `auto` (default): `one` where text stands behind the cursor on its line. */
  readonly lines?: 'one' | 'many' | 'auto'
  /** The template for a model whose id does not tell its family; `fillFamilies` has those that are known. */
  readonly family?: FillFamily
  /** What to do about what the model lacks. `emulate` writes other files into the prefix as comments. Default `warn`. */
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** A completed gap. */
export interface Completion {
  /** The text for the gap, as it is to be inserted; empty when nothing is missing. */
  readonly code: string
  /** Why it ends where it does, where the model would have gone on: a stop text, the end of the line, a bracket too many, or what the suffix has already. */
  readonly cut?: Cut
  /** `length`: the model was cut off by `maxTokens`. */
  readonly finishReason: FinishReason
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  readonly response: ResponseInfo
}

/** A completion on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface CompletionStream extends AsyncIterable<Part> {
  /** The text, fragment by fragment, as it is to be inserted. */
  readonly textStream: AsyncIterable<string>
  /** What `completeCode` would have returned. Reading it runs the completion to its end. */
  readonly result: Promise<Completion>
}
