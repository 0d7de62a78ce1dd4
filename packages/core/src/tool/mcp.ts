import type { Json } from '../contract/json.ts'
import type { FileContent, TextContent } from '../contract/message.ts'
import { AnyModelError } from '../errors.ts'
import type { FunctionTool, Tools } from './tool.ts'

/** What is needed of a connected MCP client; `Client` of @modelcontextprotocol/sdk has it. */
export interface McpClient {
  listTools(params?: { cursor?: string }): Promise<{
    tools: readonly {
      name: string
      description?: string | undefined
      inputSchema: { readonly [key: string]: unknown }
    }[]
    nextCursor?: string | undefined
  }>
  callTool(
    params: { name: string; arguments?: Record<string, unknown> },
    resultSchema?: undefined,
    options?: { signal?: AbortSignal },
  ): Promise<{ readonly [key: string]: unknown }>
}

export interface McpOptions {
  /** Names of the tools to take. Default: all. */
  readonly only?: readonly string[]
  /** Put before every name, to keep the tools of several servers apart. */
  readonly prefix?: string
  /** Which calls a person has to agree to. Default: none. */
  readonly needsApproval?: FunctionTool['needsApproval']
  /** Milliseconds a call may take. Default: none. */
  readonly timeout?: number
}

const maxPages = 100

/**
 * The tools of an MCP server, from a client that you connected (and close).
 *
 * ```ts
 * const tools = await mcpTools(client, { prefix: 'files_' })
 * ```
 */
export async function mcpTools(client: McpClient, options: McpOptions = {}): Promise<Tools> {
  const { only, prefix = '', needsApproval, timeout } = options
  const tools: Record<string, FunctionTool<Record<string, unknown>, McpResult>> = {}
  let cursor: string | undefined
  let pages = 0
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor })
    for (const { name, description, inputSchema } of page.tools) {
      if (only && !only.includes(name)) continue
      tools[prefix + name] = {
        ...(description === undefined ? {} : { description }),
        input: inputSchema,
        ...(needsApproval === undefined ? {} : { needsApproval }),
        ...(timeout === undefined ? {} : { timeout }),
        execute: async (input, { signal }) =>
          toResult(await client.callTool({ name, arguments: input }, undefined, { signal })),
        toContent: ({ content }) => content,
      }
    }
    cursor = page.nextCursor
  } while (cursor !== undefined && ++pages < maxPages)
  return tools
}

/** A tool's answer: what the model sees, and the structured value when the server gives one. */
interface McpResult {
  readonly content: (TextContent | FileContent)[]
  readonly structured?: Json
}

interface McpContent {
  readonly type: string
  readonly text?: string
  readonly data?: string
  readonly mimeType?: string
  readonly uri?: string
  readonly resource?: { readonly text?: string; readonly blob?: string; readonly mimeType?: string }
}

function toResult(result: { readonly [key: string]: unknown }): McpResult {
  const content = ((result.content ?? []) as McpContent[]).map(toContent)
  if (result.isError)
    throw new AnyModelError(
      'tool',
      content.map((piece) => (piece.type === 'text' ? piece.text : '')).join('\n') || 'The tool failed.',
    )
  const { structuredContent } = result
  if (content.length === 0 && structuredContent !== undefined)
    content.push({ type: 'text', text: JSON.stringify(structuredContent) })
  return { content, ...(structuredContent === undefined ? {} : { structured: structuredContent as Json }) }
}

function toContent({ type, text, data, mimeType, uri, resource }: McpContent): TextContent | FileContent {
  if ((type === 'image' || type === 'audio') && data !== undefined)
    return { type: 'file', mediaType: mimeType ?? 'application/octet-stream', data }
  if (resource?.blob !== undefined)
    return { type: 'file', mediaType: resource.mimeType ?? 'application/octet-stream', data: resource.blob }
  return { type: 'text', text: text ?? resource?.text ?? uri ?? '' }
}
