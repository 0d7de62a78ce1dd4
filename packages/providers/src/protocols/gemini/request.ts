import type { Json, JsonObject, JsonSchema, TextCall, ToolDefinition, Warning } from '@anymodel/core'
import type { Target, WireRequest } from '../../protocol.ts'
import { enforced } from '../enforce.ts'
import { effortOf, warnOfBudget } from '../model-rules.ts'
import { budgetFor } from '../thinking-budget.ts'
import { toConversation } from './contents.ts'
import { type GeminiDialect, type GeminiRule, resource, ruleFor, type ThinkingBudget } from './dialect.ts'

type Rule = Omit<GeminiRule, 'match'>

/** Our call as a `generateContent` request. */
export function toRequest(call: TextCall, target: Target, dialect: GeminiDialect): WireRequest {
  const warnings: Warning[] = []
  const rule = ruleFor(dialect, target.model)
  const { system, turns } = toConversation(call.messages, { ...target, signed: rule.signed, warnings })
  const generationConfig: JsonObject = {
    maxOutputTokens: call.maxTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    seed: call.seed,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    stopSequences: call.stop?.length ? call.stop : undefined,
    ...(call.logprobs === undefined ? {} : { responseLogprobs: true, logprobs: call.logprobs || undefined }),
    ...(rule.draws ? { responseModalities: ['TEXT', 'IMAGE'] } : {}),
    ...toFormat(call, target, warnings),
    thinkingConfig: toThinking(call, rule, target, warnings),
  }
  const asked = Object.values(generationConfig).some((value) => value !== undefined)
  const body: JsonObject = {
    systemInstruction: system.length > 0 ? { parts: system } : undefined,
    contents: turns as unknown as JsonObject[],
    ...toTools(call, rule, target, warnings),
    generationConfig: asked ? generationConfig : undefined,
  }
  const method = call.delivery === 'whole' ? 'generateContent' : 'streamGenerateContent?alt=sse'
  return { path: `/${resource(target.model)}:${method}`, body, warnings }
}

function toFormat({ output }: TextCall, target: Target, warnings: Warning[]): JsonObject {
  if (!output) return {}
  if (output.type === 'json') return { responseMimeType: 'application/json' }
  const responseJsonSchema = enforced(output.schema, 'schema', target, warnings).schema
  return { responseMimeType: 'application/json', responseJsonSchema }
}

function toThinking(call: TextCall, rule: Rule, target: Target, warnings: Warning[]): JsonObject | undefined {
  if (!call.reasoning) return undefined
  const { effort, budget, summary: includeThoughts } = call.reasoning
  const asked =
    budget ?? (effort && rule.budget && !rule.levels ? budgetFor(effort, rule.budget.most, call.maxTokens) : undefined)
  if (rule.budget && asked !== undefined)
    return { includeThoughts, thinkingBudget: fitBudget(asked, rule.budget, target, warnings) }
  warnOfBudget(call, target, warnings)
  const level = rule.levels && effortOf(call, { match: /^/, efforts: rule.levels }, target, warnings)
  if (level === undefined && includeThoughts === undefined) return undefined
  return { includeThoughts, thinkingLevel: level?.toUpperCase() }
}

function fitBudget(asked: number, { least, most, off }: ThinkingBudget, target: Target, warnings: Warning[]): number {
  if (asked === 0 && off) return 0
  const budget = Math.min(Math.max(asked, least), most)
  if (budget !== asked)
    warnings.push({
      option: 'reasoning',
      message: `${target.provider}/${target.model} can't think with ${asked} tokens: ${budget} are used.`,
    })
  return budget
}

function toTools(call: TextCall, rule: Rule, target: Target, warnings: Warning[]): JsonObject {
  const { tools = [] } = call
  if (tools.length === 0) return {}
  const functions = tools.flatMap((tool) => (tool.type === 'function' ? [toDeclaration(tool, target, warnings)] : []))
  const own = tools.flatMap((tool) => (tool.type === 'provider' ? [tool.definition] : []))
  const mixed = functions.length > 0 && own.length > 0 && rule.signed
  const functionCallingConfig = functions.length > 0 ? toChoice(call, mixed) : undefined
  const toolConfig = {
    ...(functionCallingConfig ? { functionCallingConfig } : {}),
    ...(mixed ? { includeServerSideToolInvocations: true } : {}),
  }
  return {
    tools: [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...own],
    toolConfig: Object.keys(toolConfig).length > 0 ? toolConfig : undefined,
  }
}

function toDeclaration(
  tool: Extract<ToolDefinition, { type: 'function' }>,
  target: Target,
  warnings: Warning[],
): JsonObject {
  const { name, description, inputSchema } = tool
  return {
    name,
    description,
    parametersJsonSchema: isEmpty(inputSchema)
      ? undefined
      : enforced(inputSchema, `tools.${name}`, target, warnings).schema,
  }
}

/** An object without properties is refused; leaving the schema out says the same. */
const isEmpty = ({ properties = {}, additionalProperties = false, type = 'object', ...rest }: JsonSchema): boolean =>
  type === 'object' &&
  !additionalProperties &&
  Object.keys(properties as object).length === 0 &&
  !['$ref', 'anyOf', 'oneOf', 'allOf', 'patternProperties'].some((keyword) => keyword in rest)

/** `VALIDATED` is `AUTO` with enforced schemas; beside tools of the service there is no other `AUTO`. */
function toChoice({ toolChoice, tools = [] }: TextCall, mixed: boolean): Json | undefined {
  if (typeof toolChoice === 'object') return { mode: 'ANY', allowedFunctionNames: [toolChoice.tool] }
  if (toolChoice === 'none') return { mode: 'NONE' }
  if (toolChoice === 'required') return { mode: 'ANY' }
  if (tools.some((tool) => tool.type === 'function' && tool.strict)) return { mode: 'VALIDATED' }
  return toolChoice === 'auto' ? { mode: mixed ? 'VALIDATED' : 'AUTO' } : undefined
}
