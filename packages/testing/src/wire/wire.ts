import type { FinishPart, Json, JsonObject, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'

/** One event of a stream, before it is put into bytes. */
export interface WireEvent {
  /** The `event:` field, where the protocol has one. */
  readonly name?: string
  readonly data: string
  /** It belongs to the signs that the answer is over: without all of these the answer is cut short. */
  readonly terminal?: boolean
}

/** An error as a service would tell it. */
export interface ServiceError {
  /** HTTP status that belongs to the error. Default 500. */
  readonly status?: number
  readonly message: string
  /** The service's own code or type. Default: the one that goes with the status. */
  readonly code?: string
}

/** A service's side of one wire format, written apart from any adapter: it puts answers into bytes and refuses requests that the service would refuse. */
export interface Wire {
  readonly name: string
  /** How events are put into bytes. Default `sse`. */
  readonly framing?: 'sse' | 'ndjson'
  /** Whether requests to this path (without the query) are in this format. */
  serves(path: string): boolean
  wantsStream(body: JsonObject, path: string): boolean
  /** Why the service would refuse the request; `undefined` when it would not. */
  refuse(body: JsonObject): string | undefined
  events(script: Script): WireEvent[]
  whole(script: Script, body: JsonObject): Json
  /** Body of an error response. */
  error(error: Required<ServiceError>): Json
  errorEvent(error: Required<ServiceError>): WireEvent
  /** Finish reasons that the format can tell apart. */
  readonly reasons: readonly FinishPart['reason'][]
  /** Codes that go with statuses. */
  readonly codes: Readonly<Record<number, string>>
}

/** An event with a JSON value. */
export const jsonEvent = (value: unknown, name?: string, terminal?: boolean): WireEvent => ({
  data: JSON.stringify(value),
  ...(name === undefined ? {} : { name }),
  ...(terminal ? { terminal } : {}),
})

/** The objects of an array in a request; everything else is left out. */
export const objects = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item)) : []

/** What a service reports as the total of a usage; `undefined` when it knows only a part of it. */
export const totalOf = ({ input, output, total }: Usage): number | undefined =>
  total ?? (input === undefined || output === undefined ? undefined : input + output)
