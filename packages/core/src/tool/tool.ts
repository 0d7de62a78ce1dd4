import type { Json, JsonObject } from '../contract/json.ts'
import type { FileContent, Message, TextContent } from '../contract/message.ts'
import type { Infer, Schema } from '../schema/standard-schema.ts'

/** What a tool's functions get to know beyond the input. */
export interface ToolContext {
  /** Id of the call. */
  readonly id: string
  /** The conversation up to the message that called the tool. */
  readonly messages: readonly Message[]
  /** Aborted when the verb is, and when the tool's `timeout` is over. */
  readonly signal: AbortSignal
}

/** A function that the model may call. */
export interface FunctionTool<Input = unknown, Output = unknown> {
  readonly description?: string
  readonly input: Schema<Input>
  /**
   * Runs the tool. What it returns goes back to the model (text as it stands, anything else as JSON), what it throws goes back as an error. Without it, the verb stops at the call and you answer it.
   */
  execute?(input: Input, context: ToolContext): Output | Promise<Output>
  /** Whether a person has to agree first. The verb then stops with the call in `approvals`. */
  readonly needsApproval?: boolean | ((input: Input, context: ToolContext) => boolean | Promise<boolean>)
  /** Milliseconds after which the tool counts as failed. Default: none. */
  readonly timeout?: number
  /** Ask the service to enforce the input schema, where it can. */
  readonly strict?: boolean
  /** What the model sees of the output, when it is more than text: images, documents. */
  toContent?(output: Output): readonly (TextContent | FileContent)[]
}

/** A tool that the provider runs: see `providerTool`. */
export interface ProviderTool {
  readonly provider: string
  readonly definition: JsonObject
}

// biome-ignore lint/suspicious/noExplicitAny: a tool's input stands on both sides of its functions, so only `any` takes every tool
export type Tool = FunctionTool<any, any> | ProviderTool

/** Tools by name. */
export type Tools = { readonly [name: string]: Tool }

/** Describes a tool; the types of `execute`, `needsApproval` and `toContent` follow from `input`. */
export function tool<const S extends Schema, Output = unknown>(
  definition: { readonly input: S } & Omit<FunctionTool<Infer<S>, Output>, 'input'>,
): FunctionTool<Infer<S>, Output> {
  return definition as unknown as FunctionTool<Infer<S>, Output>
}

/**
 * A tool that a provider runs itself, in its own words.
 *
 * ```ts
 * tools: { search: providerTool('anthropic', { type: 'web_search_20260318', name: 'web_search' }) }
 * ```
 */
export const providerTool = (provider: string, definition: JsonObject): ProviderTool => ({ provider, definition })

export const isProviderTool = (tool: Tool): tool is ProviderTool => 'definition' in tool

type InputOf<T> = T extends FunctionTool<infer Input, infer _Output> ? Input : Json
type OutputOf<T> = T extends { execute?(...args: never[]): infer Output } ? Awaited<Output> : unknown

/** A finished call, its input parsed; `input` is the text as written when it does not fit the schema (`invalid` then says why). */
export type ToolCall<T extends Tools = Tools> = {
  [Name in keyof T & string]: {
    readonly id: string
    readonly name: Name
    readonly input: InputOf<T[Name]>
    readonly byProvider?: boolean
    readonly invalid?: string
  }
}[keyof T & string]

/** What came of a call. */
export type ToolResult<T extends Tools = Tools> = {
  [Name in keyof T & string]: {
    readonly id: string
    readonly name: Name
    readonly output: OutputOf<T[Name]> | string
    readonly isError?: boolean
    readonly byProvider?: boolean
  }
}[keyof T & string]
