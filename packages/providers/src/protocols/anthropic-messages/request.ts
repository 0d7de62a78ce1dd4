import { AnyModelError, type JsonObject, type TextCall, type ToolDefinition, type Warning } from '@anymodel/core'
import type { Target, WireRequest } from '../../protocol.ts'
import { enforced } from '../enforce.ts'
import { type ClaudeRule, type MessagesDialect, ruleFor } from './dialect.ts'
import { type Turn, toConversation } from './messages.ts'
import { type Thinking, toThinking } from './thinking.ts'

type Rule = Omit<ClaudeRule, 'match'>

/** Our call as a Messages request. */
export function toRequest(call: TextCall, target: Target, dialect: MessagesDialect): WireRequest {
  const warnings: Warning[] = []
  const rule = ruleFor(dialect, target.model)
  const { system, turns } = toConversation(call.messages, rule.features.includes('system-messages'), {
    ...target,
    warnings,
  })
  const asked = toThinking(call, rule, target, warnings)
  const { thinking, effort, budget } = withoutConflict(asked, call, turns, target, warnings)
  const body: JsonObject = {
    model: target.model,
    max_tokens: call.maxTokens ?? (budget ?? 0) + rule.maxTokens,
    system: system.length > 0 ? system : undefined,
    messages: turns as unknown as JsonObject[],
    ...(call.delivery === 'whole' ? {} : { stream: true }),
    ...toSampling(call, rule, budget !== undefined, target, warnings),
    stop_sequences: call.stop?.length ? call.stop : undefined,
    thinking,
    ...toOutput(call, effort, target, warnings),
    ...toTools(call, rule, target, warnings),
  }
  return {
    path: '/messages',
    body,
    headers: { 'anthropic-version': dialect.version ?? rule.version },
    warnings,
  }
}

/** Thinking within a budget stands neither forced tools nor a tool loop that began without it. */
function withoutConflict(
  asked: Thinking,
  call: TextCall,
  turns: readonly Turn[],
  target: Target,
  warnings: Warning[],
): Thinking {
  if (asked.budget === undefined) return asked
  const forced = call.toolChoice === 'required' || typeof call.toolChoice === 'object'
  if (!forced && !inForeignLoop(turns)) return asked
  const why = forced
    ? 'can not think while a tool is forced'
    : 'can not begin to think between the calls of another model and their results'
  leaveOut('reasoning', why, call, target, warnings)
  return {}
}

/** Whether the last turn answers calls in front of which no thinking stands. */
function inForeignLoop(turns: readonly Turn[]): boolean {
  const [calls, results] = turns.slice(-2)
  return (
    calls?.role === 'assistant' &&
    results?.content[0]?.type === 'tool_result' &&
    !['thinking', 'redacted_thinking'].includes(String(calls.content[0]?.type))
  )
}

function leaveOut(option: string, why: string, call: TextCall, target: Target, warnings: Warning[]): void {
  const words = `${target.provider}/${target.model} ${why}`
  if (call.onUnsupported === 'error') throw new AnyModelError('unsupported', `${words}.`, target)
  warnings.push({ option, message: `${words}: ${option} was left out.` })
}

function toSampling(call: TextCall, rule: Rule, thinks: boolean, target: Target, warnings: Warning[]): JsonObject {
  const { temperature, topP, topK } = call
  const given = { temperature, top_p: topP, top_k: topK }
  if (thinks) {
    for (const option of ['temperature', 'topP', 'topK'] as const)
      if (call[option] !== undefined)
        leaveOut(option, 'takes no sampling options while it thinks', call, target, warnings)
    return {}
  }
  if (rule.sampling !== 'one' || temperature === undefined || topP === undefined) return given
  leaveOut('topP', 'takes temperature or topP, not both', call, target, warnings)
  return { ...given, top_p: undefined }
}

function toOutput({ output }: TextCall, effort: Thinking['effort'], target: Target, warnings: Warning[]): JsonObject {
  if (!output) return effort ? { output_config: { effort } } : {}
  if (output.type === 'json')
    throw new AnyModelError(
      'unsupported',
      `${target.provider}/${target.model} has no JSON mode without a schema. Give a schema, or ask for JSON in the prompt.`,
      target,
    )
  const { schema } = enforced(output.schema, 'schema', target, warnings)
  const format = { type: 'json_schema', schema }
  return { output_config: { effort, format } }
}

function toTools(call: TextCall, rule: Rule, target: Target, warnings: Warning[]): JsonObject {
  if (!call.tools?.length) return {}
  return {
    tools: call.tools.map((tool) => toTool(tool, target, warnings)),
    tool_choice: toToolChoice(call, rule, target),
  }
}

function toTool(tool: ToolDefinition, target: Target, warnings: Warning[]): JsonObject {
  if (tool.type === 'provider') return tool.definition
  const { name, description, inputSchema } = tool
  const { schema, strict } = tool.strict
    ? enforced(inputSchema, `tools.${name}`, target, warnings)
    : { schema: inputSchema as JsonObject, strict: false }
  return { name, description, input_schema: { ...schema, type: 'object' }, strict: strict || undefined }
}

const choices = { auto: 'auto', none: 'none', required: 'any' } as const

function toToolChoice(
  { toolChoice, parallelToolCalls, tools }: TextCall,
  rule: Rule,
  target: Target,
): JsonObject | undefined {
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : undefined
  if (toolChoice === undefined) return single ? { type: 'auto', ...single } : undefined
  if (toolChoice === 'none') return { type: 'none' }
  if (toolChoice !== 'auto' && !rule.features.includes('forced-tools'))
    throw new AnyModelError(
      'unsupported',
      `${target.provider}/${target.model} can't be forced to call a tool. Use toolChoice: 'auto', or a schema for the answer.`,
      target,
    )
  if (typeof toolChoice === 'string') return { type: choices[toolChoice], ...single }
  const tool = tools?.find(({ name }) => name === toolChoice.tool)
  const name = tool?.type === 'provider' ? tool.definition.name : toolChoice.tool
  return { type: 'tool', name, ...single }
}
