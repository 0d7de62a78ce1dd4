import type { Json } from '../contract/json.ts'
import type { AssistantMessage, CacheHint, SystemMessage, TextContent, ToolMessage } from '../contract/message.ts'
import type { CacheControl, TextModel, ToolChoice, TuningOptions } from '../contract/text.ts'
import type { DownloadOptions } from '../http/download.ts'
import type { Tools } from '../tool/tool.ts'
import type { Step } from './result.ts'

/** A file as you have it. */
export interface FileInput {
  readonly type: 'file'
  /** Bytes, or a URL (`https:`, `data:`), or base64 text. A URL goes to the service as it is where the service fetches it, else it is downloaded first. */
  readonly data: Uint8Array | ArrayBuffer | URL | string
  /** IANA media type. Default: read from the bytes, the data URL or the download. */
  readonly mediaType?: string
  readonly name?: string
  readonly cache?: CacheHint
}

export interface UserMessageInput {
  readonly role: 'user'
  readonly content:
    | string
    | readonly (
        | TextContent
        | FileInput
        | {
            readonly type: 'file'
            readonly mediaType: string
            readonly url?: string
            readonly data?: string
            readonly name?: string
          }
      )[]
}

/** A message as verbs take it: those of a former result, or your own. */
export type MessageInput = SystemMessage | UserMessageInput | AssistantMessage | ToolMessage

/** A person's word on a tool call that waits for approval. */
export interface Approval {
  /** Id of the call. */
  readonly id: string
  readonly approved: boolean
  /** Told to the model when the call was denied. */
  readonly reason?: string
}

/** What may change from step to step. */
export interface StepOptions {
  readonly model?: TextModel
  readonly system?: string
  readonly messages?: readonly MessageInput[]
  /** Names of the tools the model may use in this step. Default: all. */
  readonly activeTools?: readonly string[]
  readonly toolChoice?: ToolChoice
}

export interface StepContext {
  /** Steps so far; empty before the first. */
  readonly steps: readonly Step[]
  /** The conversation that the step will be asked with. */
  readonly messages: readonly MessageInput[]
}

/** Options of `generateText` and `streamText`. Give `prompt` or `messages`, not both. */
export interface TextOptions<T extends Tools = Tools> extends TuningOptions {
  /** The model, or a function that gives it when the call begins. */
  readonly model: TextModel | (() => TextModel | Promise<TextModel>)
  /** A single user message. */
  readonly prompt?: UserMessageInput['content']
  readonly messages?: readonly MessageInput[]
  /** Instructions to the model; stands before the messages and is not part of `result.messages`. */
  readonly system?: string
  readonly tools?: T
  readonly toolChoice?: ToolChoice
  /** How many tools of one step run at once. Default 5. */
  readonly toolConcurrency?: number
  /** Words on the calls that a former result left in `approvals`. */
  readonly approvals?: readonly Approval[]
  /** Ends the loop after a step although tools were called. Default: `stepCount(20)`. */
  readonly stopWhen?: StopCondition | readonly StopCondition[]
  /** Called before every step: change the model, the messages or the tools for this step. */
  readonly prepareStep?: (context: StepContext) => StepOptions | undefined | Promise<StepOptions | undefined>
  /** How the answer should travel. `generateText` asks for it whole, `streamText` as a stream. */
  readonly delivery?: 'stream' | 'whole'
  readonly onUnsupported?: 'error' | 'warn' | 'emulate'
  /** How files given by URL are fetched when the service does not fetch them itself. */
  readonly downloads?: DownloadOptions
  /** What wrappers tell calls apart by (a tenant, a conversation, a feature). Never sent to a service. */
  readonly tags?: Readonly<Record<string, string>>
  /** For models in `withCache`: whether this call reads from the cache and what it leaves there. */
  readonly cache?: CacheControl
  readonly headers?: Readonly<Record<string, string>>
  /** Merged last into the wire body. */
  readonly extra?: Readonly<Record<string, Json>>
  readonly signal?: AbortSignal
}

export type StopCondition = (context: { readonly steps: readonly Step[] }) => boolean | Promise<boolean>

/** Stop after this many steps. */
export const stepCount =
  (count: number): StopCondition =>
  ({ steps }) =>
    steps.length >= count

/** Stop after the step that called this tool. */
export const toolCalled =
  (name: string): StopCondition =>
  ({ steps }) =>
    steps.at(-1)?.toolCalls.some((call) => call.name === name) ?? false
