import type { Json } from '../contract/json.ts'
import type { Message, ToolCallContent, ToolMessage, ToolResultContent } from '../contract/message.ts'
import type { ToolDefinition } from '../contract/text.ts'
import { AnyModelError, isAnyModelError } from '../errors.ts'
import type { Emit } from '../generate/answer.ts'
import type { Pending } from '../generate/open-calls.ts'
import type { Approval, TextOptions } from '../generate/options.ts'
import { check } from '../schema/check.ts'
import { toJsonSchema } from '../schema/to-json-schema.ts'
import { toJson } from '../stream/collect.ts'
import {
  type FunctionTool,
  isProviderTool,
  type Tool,
  type ToolCall,
  type ToolContext,
  type ToolResult,
  type Tools,
} from './tool.ts'

export interface RunContext {
  readonly options: Pick<TextOptions, 'tools' | 'toolConcurrency' | 'approvals' | 'signal'>
  /** The conversation up to the message with the calls. */
  readonly messages: readonly Message[]
  readonly emit: Emit
}

export interface Ran {
  /** The tool message with the results; none when there are none. */
  readonly messages: readonly ToolMessage[]
  readonly results: readonly ToolResult[]
  /** Calls that still have no result: to be approved, or without `execute`. */
  readonly waiting: readonly Pending[]
  /** Those of them that wait for approval. */
  readonly approvals: readonly ToolCall[]
  /** The calls of the answer with their inputs parsed. */
  calls(all: readonly ToolCallContent[]): ToolCall[]
}

interface Parsed {
  readonly call: Pending
  readonly tool: FunctionTool | undefined
  readonly input: unknown
  /** Why the call can't run. */
  readonly invalid?: string
}

/** Runs the calls of one answer, several at once, in the order they were made. A failing tool is an answer to the model, not an error. */
export async function runTools(pending: readonly Pending[], context: RunContext): Promise<Ran> {
  const parsed = await Promise.all(pending.map((call) => parse(call, context.options.tools ?? {})))
  const approvals = new Map((context.options.approvals ?? []).map((approval) => [approval.id, approval]))
  const slots: (ToolResultContent | 'approve' | 'client')[] = new Array(parsed.length)
  await inParallel(parsed, context.options.toolConcurrency ?? 5, async (one, index) => {
    const slot = await settle(one, approvals.get(one.call.id), context)
    slots[index] = slot
    if (typeof slot === 'object')
      await context.emit({
        type: 'tool-result',
        id: slot.id,
        name: slot.name,
        output: slot.output,
        ...(slot.isError ? { isError: true } : {}),
      })
  })
  const results = slots.filter((slot) => typeof slot === 'object')
  const byId = new Map(parsed.map((one) => [one.call.id, one]))
  const where = (wanted: string) => parsed.filter((_, index) => slots[index] === wanted)
  return {
    messages: results.length > 0 ? [{ role: 'tool', content: results }] : [],
    results: results as unknown as ToolResult[],
    waiting: parsed.filter((_, index) => typeof slots[index] === 'string').map(({ call }) => call),
    approvals: where('approve').map(toToolCall),
    calls: (all) =>
      all.map((call) =>
        toToolCall(byId.get(call.id) ?? { call, tool: undefined, input: parseInput(call.input) }, call.byProvider),
      ),
  }
}

function toToolCall({ call, input, invalid }: Parsed, byProvider?: unknown): ToolCall {
  return {
    id: call.id,
    name: call.name,
    input,
    ...(byProvider === true ? { byProvider } : {}),
    ...(invalid === undefined ? {} : { invalid }),
  } as ToolCall
}

/** An empty input is an empty object: tools without parameters. */
function parseInput(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A tool of the provider may be called by the provider's own name for it. */
const toolNamed = (name: string, tools: Tools): Tool | undefined =>
  Object.hasOwn(tools, name)
    ? tools[name]
    : Object.values(tools).find(
        (tool) => isProviderTool(tool) && [tool.definition.name, tool.definition.type].includes(name),
      )

/** What a provider defines but does not run (a computer, a shell): the run ends at its calls. */
const answeredByCaller: FunctionTool = { input: {} }

async function parse(call: Pending, tools: Tools): Promise<Parsed> {
  const tool = toolNamed(call.name, tools)
  const input = parseInput(call.input)
  if (!tool) {
    return {
      call,
      tool: undefined,
      input,
      invalid: `There is no tool "${call.name}". Tools: ${Object.keys(tools).join(', ') || 'none'}.`,
    }
  }
  const known: FunctionTool = isProviderTool(tool) ? answeredByCaller : tool
  if (typeof input === 'string' && input === call.input)
    return { call, tool: known, input, invalid: 'The input is not valid JSON.' }
  const checked = await check(known.input, input)
  if (!checked.issues) return { call, tool: known, input: checked.value }
  const words = checked.issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
  return { call, tool: known, input, invalid: `The input does not fit the schema. ${words}` }
}

async function settle(
  one: Parsed,
  approval: Approval | undefined,
  context: RunContext,
): Promise<ToolResultContent | 'approve' | 'client'> {
  const { call, tool, invalid } = one
  const failed = (output: string): ToolResultContent => ({
    type: 'tool-result',
    id: call.id,
    name: call.name,
    output,
    isError: true,
  })
  if (invalid !== undefined || !tool) return failed(invalid ?? '')
  const { signal = new AbortController().signal } = context.options
  const toolContext: ToolContext = { id: call.id, messages: context.messages, signal }
  try {
    if (approval?.approved === false)
      return failed(approval.reason ? `The call was denied: ${approval.reason}` : 'The call was denied by the user.')
    if (!approval && (await needsApproval(tool, one.input, toolContext))) return 'approve'
    if (!tool.execute) return 'client'
    const output = await withLimit(tool, one.input, toolContext)
    const content = tool.toContent?.(output)
    return {
      type: 'tool-result',
      id: call.id,
      name: call.name,
      output: toOutput(output),
      ...(content ? { content } : {}),
    }
  } catch (error) {
    if (context.options.signal?.aborted) throw context.options.signal.reason
    if (isAnyModelError(error) && error.code === 'tool') return failed(error.message)
    return failed(error instanceof Error ? error.message : String(error))
  }
}

const toOutput = (output: unknown): Json => (typeof output === 'string' ? output : toJson(output))

const needsApproval = async (
  { needsApproval: needed }: FunctionTool,
  input: unknown,
  context: ToolContext,
): Promise<boolean> => (typeof needed === 'function' ? needed(input, context) : (needed ?? false))

/** Runs a tool until its timeout or the caller's abort, whichever is first. */
async function withLimit(tool: FunctionTool, input: unknown, context: ToolContext): Promise<unknown> {
  const controller = new AbortController()
  const forward = () => controller.abort(context.signal.reason)
  context.signal.addEventListener('abort', forward, { once: true })
  const timer =
    tool.timeout === undefined
      ? undefined
      : setTimeout(
          () => controller.abort(new AnyModelError('tool', `The tool did not answer within ${tool.timeout} ms.`)),
          tool.timeout,
        )
  const aborted = new Promise<never>((_, reject) => {
    if (context.signal.aborted) forward()
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
    if (controller.signal.aborted) reject(controller.signal.reason)
  })
  try {
    return await Promise.race([tool.execute?.(input, { ...context, signal: controller.signal }), aborted])
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', forward)
  }
}

/** Starts in order, at most `limit` at once; the first failure stops the start of more. */
async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) await work(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}

/** Tools as the model is told of them. `active` names those that it may use; default all. */
export const toDefinitions = (tools: Tools, active: readonly string[] | undefined): ToolDefinition[] =>
  Object.entries(tools)
    .filter(([name]) => active === undefined || active.includes(name))
    .map(([name, tool]) => {
      if (isProviderTool(tool)) return { type: 'provider', name, ...tool }
      const { description, input, strict } = tool
      return {
        type: 'function',
        name,
        inputSchema: toJsonSchema(input),
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      }
    })
