import type { Json, JsonObject, ToolResultContent } from '@anymodel/core'
import type { ResponsesDialect } from './dialect.ts'
import type { ResponsesItem } from './wire.ts'

/** How a tool that the service runs itself shows in its answer. */
export interface HostedTool {
  /** The tool's name in our parts. */
  readonly name: (item: ResponsesItem) => string
  readonly input: (item: ResponsesItem) => unknown
  /** What came of it; absent where the result is an item of its own. */
  readonly output?: (item: ResponsesItem) => unknown
}

const named = (name: string) => () => name

/** Items of tools that run at the service, by `type`. */
const hostedTools: Readonly<Record<string, HostedTool>> = {
  web_search_call: {
    name: named('web_search'),
    input: ({ action }) => action ?? {},
    output: ({ status, action }) => ({ status, sources: action?.sources }),
  },
  file_search_call: {
    name: named('file_search'),
    input: ({ queries }) => ({ queries }),
    output: ({ status, results }) => ({ status, results }),
  },
  code_interpreter_call: {
    name: named('code_interpreter'),
    input: ({ code }) => ({ code: code ?? '' }),
    output: ({ status, outputs, container_id }) => ({ status, outputs, container_id }),
  },
  image_generation_call: {
    name: named('image_generation'),
    input: ({ revised_prompt }) => ({ prompt: revised_prompt }),
    output: ({ status }) => ({ status }),
  },
  mcp_call: {
    name: ({ name }) => name ?? 'mcp',
    input: (item) => item.arguments,
    output: ({ output, error }) => error ?? output,
  },
  mcp_list_tools: {
    name: named('mcp_list_tools'),
    input: ({ server_label }) => ({ server_label }),
    output: ({ tools, error }) => error ?? tools,
  },
  tool_search_call: { name: named('tool_search'), input: (item) => item.arguments ?? {} },
}

/** A tool that is newer than this table. */
const unknownTool: HostedTool = {
  name: ({ name, type }) => name ?? type.replace(/_call$/, ''),
  input: (item) => item.arguments ?? item.input ?? item.action ?? {},
  output: ({ status, output }) => output ?? { status },
}

/** How an item shows as a tool of the service; `undefined` when it is none. */
export function hostedTool(item: ResponsesItem, customTools: ResponsesDialect['customTools']): HostedTool | undefined {
  const { type } = item
  if (type in hostedTools) return hostedTools[type]
  if (type === 'custom_tool_call') return customTools === 'service' ? unknownTool : undefined
  return type.endsWith('_call') && type !== 'function_call' && !(type in clientTools) ? unknownTool : undefined
}

/** How a call that is left to us shows in the answer, and how its result goes back. Function calls are the default. */
export interface ClientTool {
  readonly name: (item: ResponsesItem) => string
  readonly input: (item: ResponsesItem) => unknown
  readonly answer: (id: string, result: ToolResultContent) => JsonObject
}

const asText = (output: Json): string => (typeof output === 'string' ? output : JSON.stringify(output))

const approves = ({ output, isError }: ToolResultContent): boolean =>
  !isError &&
  (typeof output === 'object' && output !== null && 'approve' in output ? output.approve === true : !!output)

/** Items of calls that wait for us, by `type`. */
export const clientTools: Readonly<Record<string, ClientTool>> = {
  custom_tool_call: {
    name: ({ name }) => name ?? '',
    input: ({ input }) => input ?? '',
    answer: (call_id, { output }) => ({ type: 'custom_tool_call_output', call_id, output: asText(output) }),
  },
  computer_call: {
    name: named('computer'),
    input: ({ action, pending_safety_checks }) => ({ action, pending_safety_checks }),
    answer: (call_id, { output }) => ({ type: 'computer_call_output', call_id, output }),
  },
  local_shell_call: {
    name: named('local_shell'),
    input: ({ action }) => ({ action }),
    answer: (id, { output }) => ({ type: 'local_shell_call_output', id, output: asText(output) }),
  },
  apply_patch_call: {
    name: named('apply_patch'),
    input: ({ operation }) => ({ operation }),
    answer: (call_id, { output, isError }) => ({
      type: 'apply_patch_call_output',
      call_id,
      status: isError ? 'failed' : 'completed',
      output: asText(output),
    }),
  },
  mcp_approval_request: {
    name: named('mcp_approval_request'),
    input: (item) => ({ name: item.name, server_label: item.server_label, arguments: item.arguments }),
    answer: (id, result) => ({
      type: 'mcp_approval_response',
      approval_request_id: id,
      approve: approves(result),
    }),
  },
}
