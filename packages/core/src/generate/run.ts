import type { AssistantMessage, Message } from '../contract/message.ts'
import type { TextCall, TextModel, ToolDefinition } from '../contract/text.ts'
import { addUsage, type Usage } from '../contract/usage.ts'
import { AnyModelError, type Partial } from '../errors.ts'
import { toJsonSchema } from '../schema/to-json-schema.ts'
import type { Collector } from '../stream/collect.ts'
import { type Pending, pendingCalls, runTools } from '../tool/run-tools.ts'
import { isProviderTool, type Tools, toProviderDefinition } from '../tool/tool.ts'
import { type Answer, answer, type Emit, withPartial } from './answer.ts'
import { type StopCondition, stepCount, type TextOptions } from './options.ts'
import { toMessages } from './prompt.ts'
import type { Step, TextResult } from './result.ts'

/** The loop over steps: ask, run tools, ask again. `emit` gets every part in order; every step ends with its `finish`, results of tools follow it. */
export async function run(options: TextOptions, emit: Emit): Promise<TextResult> {
  checkOptions(options)
  const { signal, downloads, tools = {} } = options
  signal?.throwIfAborted()
  const files = { ...(downloads ? { downloads } : {}), ...(signal ? { signal } : {}) }
  let messages = await toMessages(options, options.model.supports)
  const steps: Step[] = []
  let usage: Usage = {}

  // Calls that an earlier run left open: approved ones run now, before the model is asked.
  const left = pendingCalls(messages)
  if (left.length > 0) {
    const ran = await runTools(left, { options, messages, emit })
    messages = [...messages, ...ran.messages]
    if (ran.waiting.length > 0)
      throw new AnyModelError(
        'invalid-argument',
        `The conversation has tool calls without a result: ${ran.waiting.map(({ id }) => id).join(', ')}. Pass approvals, or add a tool message with their results.`,
      )
  }

  for (;;) {
    const step = (await options.prepareStep?.({ steps, messages })) ?? {}
    const model = step.model ?? options.model
    const asked = step.messages ? await toMessages({ ...files, messages: step.messages }, model.supports) : messages
    const call = toCall(
      options,
      asked,
      step.system ?? options.system,
      step.toolChoice ?? options.toolChoice,
      toDefinitions(tools, step.activeTools),
    )
    const answered = await answer(model, call, emit, steps.length > 0 ? delivered(steps, usage) : undefined)
    const { collected } = answered
    messages = [...messages, { role: 'assistant', content: collected.content } satisfies AssistantMessage]
    usage = addUsage(usage, collected.finish?.usage ?? {})

    const calls = toPending(collected)
    const ran = await runTools(calls, { options, messages: messages.slice(0, -1), emit }).catch((error) => {
      const before = delivered(steps, usage)
      throw withPartial(error, signal, { ...before, text: before.text + collected.text })
    })
    messages = [...messages, ...ran.messages]
    steps.push(toStep(answered, ran))
    const goOn = collected.finish?.reason === 'pause' || (calls.length > 0 && ran.waiting.length === 0)
    if (!goOn || (await shouldStop(options.stopWhen, steps))) {
      return { ...(steps.at(-1) as Step), steps, messages, usage, approvals: ran.approvals }
    }
  }
}

/** What finished steps delivered. */
const delivered = (steps: readonly Step[], usage: Usage): Partial => ({
  text: steps.map((step) => step.text).join(''),
  toolCalls: [],
  usage,
})

async function shouldStop(stopWhen: TextOptions['stopWhen'], steps: readonly Step[]): Promise<boolean> {
  const conditions: readonly StopCondition[] =
    stopWhen === undefined ? [stepCount(20)] : typeof stopWhen === 'function' ? [stopWhen] : stopWhen
  for (const condition of conditions) if (await condition({ steps })) return true
  return false
}

function toCall(
  options: TextOptions,
  messages: readonly Message[],
  system: string | undefined,
  toolChoice: TextCall['toolChoice'],
  tools: readonly ToolDefinition[],
): TextCall {
  const {
    model: _model,
    prompt: _prompt,
    messages: _messages,
    system: _system,
    tools: _tools,
    toolChoice: _choice,
    toolConcurrency: _concurrency,
    approvals: _approvals,
    stopWhen: _stop,
    prepareStep: _prepare,
    downloads: _downloads,
    ...tuning
  } = options
  return {
    ...tuning,
    messages: system === undefined ? messages : [{ role: 'system', content: system }, ...messages],
    ...(tools.length > 0 ? { tools, ...(toolChoice === undefined ? {} : { toolChoice }) } : {}),
  }
}

const toDefinitions = (tools: Tools, active: readonly string[] | undefined): ToolDefinition[] =>
  Object.entries(tools)
    .filter(([name]) => active === undefined || active.includes(name))
    .map(([name, tool]) => {
      if (isProviderTool(tool)) return toProviderDefinition(name, tool)
      const { description, input, strict } = tool
      return {
        type: 'function',
        name,
        inputSchema: toJsonSchema(input),
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      }
    })

const toPending = (collected: Collector): Pending[] => collected.toolCalls.filter((call) => !call.byProvider)

function toStep({ collected, attempts }: Answer, ran: Awaited<ReturnType<typeof runTools>>): Step {
  const { content, finish, warnings, text, reasoning } = collected
  if (!finish) throw new Error('unreachable: an answer has a finish')
  const byProvider = content.filter((piece) => piece.type === 'tool-result')
  return {
    text,
    reasoning,
    content,
    toolCalls: ran.calls(collected.toolCalls),
    toolResults: [...byProvider, ...ran.results] as Step['toolResults'],
    files: content
      .filter((piece) => piece.type === 'file')
      .map(({ mediaType, data }) => ({ mediaType, data: Buffer.from(data ?? '', 'base64') })),
    sources: content.filter((piece) => piece.type === 'source'),
    finishReason: finish.reason,
    usage: finish.usage,
    warnings,
    attempts,
    response: finish.response,
  }
}

const positive = ['maxTokens', 'topK', 'toolConcurrency'] as const
const numbers = [
  'temperature',
  'topP',
  'minP',
  'presencePenalty',
  'frequencyPenalty',
  'repetitionPenalty',
  'seed',
] as const

/** What a wrong argument would break far from here is told here. */
function checkOptions(options: TextOptions): void {
  const wrong = (message: string) => {
    throw new AnyModelError('invalid-argument', message)
  }
  const model = options?.model as TextModel | undefined
  if (typeof model?.stream !== 'function') {
    wrong(
      typeof model === 'string'
        ? `model is the text "${model}". Pass a model object, such as openai().text('${model}'), or use the client of 'anymodel', which knows names.`
        : 'model is missing: pass a text model, such as openai().text(id).',
    )
  }
  for (const name of positive) {
    const value = options[name]
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      wrong(`${name} must be a whole number above 0, not ${String(value)}.`)
  }
  for (const name of numbers) {
    const value = options[name]
    if (value !== undefined && !Number.isFinite(value)) wrong(`${name} must be a number, not ${String(value)}.`)
  }
  if (
    options.stop !== undefined &&
    !(Array.isArray(options.stop) && options.stop.every((s) => typeof s === 'string' && s !== ''))
  )
    wrong('stop must be an array of non-empty texts.')
}
