import type { CodeFile, Json, ResponseInfo, TextModel, TuningOptions, Usage, Warning } from '@anymodel/core'
import type { EditFormat } from './formats.ts'
import type { Patch } from './patch.ts'
import type { AppliedEdit, FailedEdit } from './workspace.ts'

/** Options of `editCode` and `streamEdit`. */
export interface EditOptions extends Pick<TuningOptions, 'maxTokens' | 'temperature' | 'topP' | 'seed' | 'reasoning'> {
  /** The model, or a function that gives it when the call begins. */
  readonly model: TextModel | (() => TextModel | Promise<TextModel>)
  /** The files that may be edited, whole. Others can be made, not changed. */
  readonly files: readonly CodeFile[]
  /** What to do. */
  readonly instruction: string
  /** How the model writes edits. Default: what fits it by its id. */
  readonly format?: EditFormat
  /** How often the model is asked again for edits that can't be applied. Default 2. */
  readonly repairs?: number
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

/** Edited files. Nothing was written to disk: `writePatch` does that. */
export interface EditResult {
  /** The files that changed or are new, as they are now. */
  readonly files: readonly CodeFile[]
  /** What changed, to show, to write and to take back. */
  readonly patch: Patch
  /** Every edit that was applied, in order. */
  readonly edits: readonly AppliedEdit[]
  readonly format: EditFormat
  /** What the model wrote, of all its answers. */
  readonly text: string
  /** How often it was asked again. */
  readonly repairs: number
  /** Summed over all answers. */
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  readonly response: ResponseInfo
}

/** What is said while files are edited. */
export type EditEvent =
  /** An edit begins; `index` counts the edits of the whole run. */
  | { readonly type: 'edit-start'; readonly index: number; readonly path: string }
  /** A new line of the edit, with its line break. */
  | { readonly type: 'edit-delta'; readonly index: number; readonly text: string }
  /** The edit was applied: `text` is the file as it is now, `undefined` when it is gone. Or `failed` says why not. */
  | {
      readonly type: 'edit-end'
      readonly index: number
      readonly path: string
      readonly text?: string
      readonly failed?: string
    }
  /** The model is asked again for these. */
  | { readonly type: 'repair'; readonly attempt: number; readonly failed: readonly FailedEdit[] }
  | { readonly type: 'finish'; readonly usage: Usage; readonly response: ResponseInfo }

/** An edit on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface EditStream extends AsyncIterable<EditEvent> {
  /** What `editCode` would have returned. Reading it runs the edit to its end. */
  readonly result: Promise<EditResult>
}
