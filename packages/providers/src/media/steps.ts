import type { ErrorCode, JsonObject, MediaInput, Usage, Warning } from '@anymodel/core'
import type { Target } from '../protocol.ts'

/** A field of a multipart form: a text, or a file. */
export interface FormField {
  readonly name: string
  readonly value: string | (MediaInput & { readonly fileName?: string })
}

/** One request of a service that answers in steps: a job is begun, looked at, and fetched. Plain JSON unless it carries files, so that it can be written down and asked by another process. */
export interface Ask {
  /** Default: `POST` with a body, `GET` without. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Appended to the endpoint's base URL; or a whole URL, which gets the credentials only on the service's own hosts. */
  readonly path: string
  /** JSON, a form, or a file as it is. */
  readonly body?: JsonObject
  readonly form?: readonly FormField[]
  readonly file?: MediaInput
  readonly headers?: Readonly<Record<string, string>>
  /** Kept for whoever reads the reply; it is not sent. */
  readonly note?: JsonObject
}

/** The first request of a call. */
export interface FirstAsk extends Ask {
  readonly warnings: readonly Warning[]
}

/** A reply with a status from 200 to 299, or one that `reads` accepts. */
export interface AskReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON when it is JSON, else the text; `undefined` for media. */
  readonly body: unknown
  /** The body of a reply whose content type is media. */
  readonly bytes?: Uint8Array
  /** The request that it answers. */
  readonly asked: Ask
}

/** Media that a service gave: bytes, base64, or where it lies. */
export type Media =
  | { readonly bytes: Uint8Array; readonly mediaType?: string | undefined }
  | { readonly base64: string; readonly mediaType?: string | undefined }
  | {
      readonly url: string
      readonly mediaType?: string | undefined
      /** It is fetched with the credentials of the service, from its own hosts alone. */
      readonly authorized?: boolean
    }

/** What a reply means. */
export type Step<Result> =
  | { readonly type: 'done'; readonly result: Result }
  /** There is more to ask: at once, or (`wait`) after a while, since the service is at work. */
  | {
      readonly type: 'ask'
      readonly ask: Ask
      readonly wait?: boolean
      /** From 0 to 1. */
      readonly progress?: number | undefined
      /** Asked once when the caller gives up, where a job can be cancelled. */
      readonly cancel?: Ask
    }

/** What a reader of replies knows. */
export interface StepContext<Call> {
  readonly target: Target
  readonly call: Call
}

/** How the replies of a service are read that answers in one step or more: pure functions, no I/O, no clock. */
export interface StepReader<Call, Result> {
  /** Error codes for the service's own codes and types, beyond what the status says. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
  /** Hosts besides the endpoint's own that get its credentials: `api.example.com`, or `*.example.com`. */
  readonly hosts?: readonly string[]
  /** Throws `Reported` for a failure that the service tells of in its answer. */
  read(reply: AskReply, context: StepContext<Call>): Step<Result>
}

/** A wire format whose answers come in one step or more. */
export interface StepFormat<Call, Result> extends StepReader<Call, Result> {
  request(call: Call, target: Target): FirstAsk
}

/** One picture that a service gave. */
export interface Drawn {
  readonly media: Media
  readonly seed?: number | undefined
  readonly revisedPrompt?: string | undefined
}

/** All that came of one request for pictures. */
export interface Drawing {
  /** Fewer than asked for where the service held some back. */
  readonly images: readonly Drawn[]
  /** Why pictures were held back, in the service's words; without any picture that is a `content-filter` error. */
  readonly filtered?: string | undefined
  readonly usage?: Usage | undefined
  readonly id?: string | undefined
  readonly model?: string | undefined
  /** What has no portable name: cost, warnings. */
  readonly details?: JsonObject | undefined
}

/** All that came of one job for videos. */
export interface Filmed {
  /** Fewer than asked for where the service held some back. */
  readonly videos: readonly Media[]
  /** Why videos were held back, in the service's words; without any video that is a `content-filter` error. */
  readonly filtered?: string | undefined
  readonly usage?: Usage | undefined
  readonly id?: string | undefined
  readonly model?: string | undefined
  /** What has no portable name: cost, length. */
  readonly details?: JsonObject | undefined
}
