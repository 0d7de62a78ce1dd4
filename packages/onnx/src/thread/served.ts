import type { Location } from '../names.ts'
import type { LoadStep } from '../runtime/load-step.ts'
import type { RuntimeOptions } from '../runtime/session.ts'
import type { SchedulerOptions } from '../text/scheduler.ts'
import type { Gate } from './gate.ts'

/** What a model does. */
export type Kind = 'text' | 'embedding' | 'rerank' | 'image' | 'transcription' | 'speech' | 'voice-activity'

/** What a worker is told of how to compute; a kind takes what concerns it. */
export interface EngineOptions extends RuntimeOptions, SchedulerOptions {}

/** One request in the worker. */
export interface Job<Call, Event> {
  readonly call: Call
  /** The name that the model was asked for with. */
  readonly model: string
  /** Takes events as they come; the last one has the type `finish`. */
  emit(events: readonly Event[]): void
  /** True once nobody waits for the answer any more. */
  cancelled(): boolean
}

/** A loaded model in its worker. */
export interface Served<Call, Event> {
  /** Requests under way at once; the rest wait in line. */
  readonly atOnce: number
  /** Ends when the request is answered; throws what its caller shall be told. */
  answer(job: Job<Call, Event>): Promise<void>
  /** Numbers for whoever watches the model: plain data. */
  stats?(): unknown
}

/** Everything that loading a model needs. */
export interface Opening {
  readonly location: Location
  readonly runtime: EngineOptions
  /** Guards every stay inside the runtime. */
  readonly gate?: Gate | undefined
  onStep(step: LoadStep): void
}
