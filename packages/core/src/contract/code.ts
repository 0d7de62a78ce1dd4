import type { Json } from './json.ts'
import type { CacheControl, PartStream, TuningOptions } from './text.ts'

/** A source file, whole. */
export interface CodeFile {
  /** Relative to the project, with `/` between folders. */
  readonly path: string
  readonly text: string
}

/** A piece of a prompt: text of the user, or a marker of the model's family, which is one special token. Text never stands for a marker, whatever it spells. */
export type CodePiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'marker'; readonly marker: string }

/** A gap as one prompt, in the words of a family of models. */
export interface CodePrompt {
  readonly pieces: readonly CodePiece[]
  /** All markers of the family, also those that are not in the prompt. */
  readonly markers: readonly string[]
}

/** Options that tune a completion. A model that lacks one follows `onUnsupported`. */
export type CodeTuning = Pick<TuningOptions, 'maxTokens' | 'temperature' | 'topP' | 'seed' | 'stop'>

/** The name of a tuning option of completions. */
export type CodeKnob = keyof CodeTuning

/** What `completeCode` hands to a model: checked, cut to its budget, with defaults filled in. */
export interface CodeCall extends CodeTuning {
  /** What stands before the gap. */
  readonly prefix: string
  /** What stands after it; may be empty. */
  readonly suffix: string
  /** The same as one prompt in the words of the model's family; always there for models with `supports.input` `prompt`, which read nothing else. */
  readonly prompt?: CodePrompt
  /** A name such as `typescript` or `python`. */
  readonly language?: string
  /** Of the file with the gap. */
  readonly path?: string
  /** Other files, for models that read them. */
  readonly context?: readonly CodeFile[]
  /** What to do about a tuning option that the model lacks. Default `warn`. */
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  /** What wrappers tell calls apart by (a tenant, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For `withCache`. */
  readonly cache?: CacheControl
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** What a code model reads, as data. */
export interface CodeSupport {
  /** `parts`: prefix and suffix as they are. `prompt`: it goes on writing after a prompt, in which the markers of its family stand. */
  readonly input: 'parts' | 'prompt'
  /** It reads `context` by itself. */
  readonly context?: boolean
  readonly knobs?: readonly CodeKnob[]
}

/** A model that fills a gap in code. */
export interface CodeModel {
  readonly provider: string
  readonly id: string
  readonly supports: CodeSupport
  /** Asks the model for what stands between prefix and suffix: `text` and `notice` parts. Nothing is sent before the first `next()`; ends with one `finish`, or throws an `AnyModelError`. */
  fill(call: CodeCall): PartStream
}
