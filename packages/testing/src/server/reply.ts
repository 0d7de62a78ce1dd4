import type { Json, JsonObject } from '@anymodel/core'
import type { Answer } from '../answer.ts'
import type { ServiceError, WireEvent } from '../wire/wire.ts'
import type { Bytes } from './bytes.ts'

/** A request as the server saw it. */
export interface ServedRequest {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as JSON; `{}` when it is none. */
  readonly body: JsonObject
  readonly text: string
  /** When it came, by `performance.now()`. */
  readonly at: number
  /** Number of the connection that it came on, from 0. */
  readonly connection: number
  /** Why a real service would have refused it (the server answers with status 400 then, unless it is not `strict`). */
  readonly refused: string | undefined
  /** How the exchange ended: the reply was written to its end, or the connection was closed before. */
  readonly outcome: Promise<'complete' | 'dropped'>
}

/** What the server answers, and what goes wrong while it does. */
export interface Reply extends Bytes {
  /** The answer, written in the format of the request. Default: an empty text. */
  readonly answer?: Answer
  /** Streamed or whole whatever was asked for. Default: as asked. */
  readonly delivery?: 'stream' | 'whole'
  /** Instead of the answer: an error as the service would tell it, with its status (default 500; 200 puts it into a body under success). With `after`: inside the stream, after so many events of the answer. */
  readonly error?: ServiceError & { readonly after?: number }
  /** Instead of the answer: this body as it stands (objects as JSON). */
  readonly body?: string | Uint8Array | Json
  /** Default 200, or that of `error`. */
  readonly status?: number
  /** Further headers; they win over the ones that go with the answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** Changes the events of a stream before they are put into bytes: leave some out (`!event.terminal`), damage some, add some. */
  rewrite?(events: readonly WireEvent[]): readonly WireEvent[]
  /** The same for a whole body. */
  rewriteWhole?(body: Json): Json
  /** Milliseconds before each write. */
  readonly delay?: number
  /** Drop the connection after so many bytes of the body (0: after the headers; -1: before them). */
  readonly dropAt?: number
  /** With `dropAt`: by a TCP reset, not by closing. */
  readonly reset?: boolean
  /** End the body properly after so many bytes. */
  readonly endAt?: number
  /** Fall silent with the connection open: before the headers, or after so many events of a stream. */
  readonly silentAfter?: 'request' | number
  /** Say nothing for `ms` before the event number `before` of a stream (0: after the headers; a text: the first event that has it), then go on. With `alive`, keep-alive comments say so about 20 times meanwhile. */
  readonly stall?: { readonly before: number | string; readonly ms: number; readonly alive?: boolean }
}
