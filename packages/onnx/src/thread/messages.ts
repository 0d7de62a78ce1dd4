import type { AnyModelError, ErrorCode, ErrorInfo } from '@anymodel/core'
import type { Dtype } from '../dtypes.ts'
import type { LoadStep } from '../runtime/load-step.ts'
import type { Gate } from './gate.ts'
import type { EngineOptions, Kind } from './served.ts'

/** What the worker is started with. */
export interface WorkerSetup {
  readonly kind: Kind
  readonly folder: string
  readonly dtype: Dtype | undefined
  readonly runtime: EngineOptions
  readonly gate: Gate
}

/** One thing that a model says about a request; the last one has the type `finish`. */
export interface Event {
  readonly type: string
}

/** From the caller's thread to the worker. `close`: finish the step that is being computed, then end; a thread that is ended inside the runtime takes the process with it. */
export type Order =
  | { readonly type: 'ask'; readonly id: number; readonly model: string; readonly call: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'stats'; readonly id: number }
  | { readonly type: 'close' }

/** From the worker to the caller's thread. `failed` without an id: loading failed, and the worker is of no more use. */
export type Report =
  | { readonly type: 'loading'; readonly step: LoadStep }
  /** By the request that they belong to. */
  | { readonly type: 'events'; readonly events: readonly (readonly [id: number, events: readonly Event[]])[] }
  | { readonly type: 'failed'; readonly id?: number; readonly error: PlainError }
  | { readonly type: 'stats'; readonly id: number; readonly stats: unknown }

/** An error in a form that survives the way between threads. */
export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
  readonly info: Pick<ErrorInfo, 'issues'>
  readonly stack: string | undefined
}

export const toPlain = ({ code, message, issues, stack }: AnyModelError): PlainError => ({
  code,
  message,
  info: { issues },
  stack,
})
