import type { AssistantContent, Message, SourceContent } from '../contract/message.ts'
import type { Attempt, FinishReason, ResponseInfo, Warning } from '../contract/part.ts'
import type { Usage } from '../contract/usage.ts'
import type { ToolCall, ToolResult, Tools } from '../tool/tool.ts'

/** A file that the model made. */
export interface GeneratedFile {
  readonly mediaType: string
  readonly data: Uint8Array
}

/** One answer of the model, and what came of its tool calls. */
export interface Step<T extends Tools = Tools> {
  /** All text of the answer, joined. */
  readonly text: string
  /** All readable reasoning of the answer, joined. */
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall<T>[]
  readonly toolResults: readonly ToolResult<T>[]
  readonly files: readonly GeneratedFile[]
  readonly sources: readonly SourceContent[]
  /** The answer as message content, in order. */
  readonly content: readonly AssistantContent[]
  readonly finishReason: FinishReason
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  /** Every request of this step, the last one is the one that answered. */
  readonly attempts: readonly Attempt[]
  readonly response: ResponseInfo
}

/** What `generateText` gives: the last step, and everything about the whole. */
export interface TextResult<T extends Tools = Tools> extends Step<T> {
  readonly steps: readonly Step<T>[]
  /** The conversation, to continue with: plain JSON, without the `system` option. */
  readonly messages: readonly Message[]
  /** Summed over all steps. */
  readonly usage: Usage
  /** Those of all steps, each once. */
  readonly warnings: readonly Warning[]
  /** Every request of all steps. */
  readonly attempts: readonly Attempt[]
  /** Tool calls that wait for a person: call again with `messages` and `approvals`. */
  readonly approvals: readonly ToolCall<T>[]
}
