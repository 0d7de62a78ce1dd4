import type { JsonSchema } from '../contract/json.ts'
import type { AssistantContent, Message } from '../contract/message.ts'
import type { OutputFormat, OutputMode, TextModel, ToolChoice, ToolDefinition } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import type { Issue } from '../schema/standard-schema.ts'
import type { Collector } from '../stream/collect.ts'
import type { Emit } from './answer.ts'

/** What is asked for, in any mode. */
export interface Wanted {
  readonly schema: JsonSchema
  readonly name: string
  readonly description: string | undefined
}

/** The ways to try, in order. A way that was chosen by the caller is the only one. */
export function ladder({ supports, provider, id }: TextModel, mode: OutputMode | undefined): readonly OutputMode[] {
  const modes = supports.output ?? ['prompt']
  if (mode === undefined) return modes.length > 0 ? modes : ['prompt']
  if (mode !== 'prompt' && !modes.includes(mode))
    throw new AnyModelError(
      'unsupported',
      `${provider}/${id} has no output mode "${mode}". It has ${modes.join(', ')}; leave mode out to use the best.`,
      { provider, model: id },
    )
  return [mode]
}

/** What a mode decides of a call. */
interface Asked {
  readonly system?: string | undefined
  readonly tools?: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  readonly output?: OutputFormat
  readonly parallelToolCalls?: boolean
}

/** How a mode asks for the object. */
export function toAsked(mode: OutputMode, wanted: Wanted, model: TextModel, system: string | undefined): Asked {
  const { schema, name, description } = wanted
  const told = description === undefined ? {} : { description }
  const instructed = [system, instruction(wanted)].filter((text) => text !== undefined).join('\n\n')
  switch (mode) {
    case 'native':
      return { system, output: { type: 'json-schema', schema, name, ...told } }
    case 'tool':
      return {
        system,
        tools: [{ type: 'function', name, inputSchema: schema, strict: true, ...told }],
        toolChoice: { tool: name },
        ...(model.supports.knobs?.includes('parallelToolCalls') ? { parallelToolCalls: false } : {}),
      }
    case 'json':
      return { system: instructed, output: { type: 'json' } }
    case 'prompt':
      return { system: instructed }
  }
}

const instruction = ({ schema: { $schema: _, ...schema }, description }: Wanted): string =>
  `Answer with one JSON object that fits this JSON Schema, and with nothing else.${
    description === undefined ? '' : ` The object: ${description}`
  }\n${JSON.stringify(schema)}`

/** The document in an answer as the model wrote it. */
export function documentText({ toolCalls, text }: Collector, { name }: Wanted): string {
  return toolCalls.find((call) => call.name === name && !call.byProvider)?.input ?? text
}

/** Makes the parts of an answer look the same in every mode: the document is text. */
export function asText(emit: Emit, { name }: Wanted): Emit {
  let call: string | undefined
  return (part) => {
    if (part.type === 'tool-call' && part.name === name && !part.byProvider) {
      call ??= part.id
      return part.id === call ? emit({ type: 'text', text: part.input }) : undefined
    }
    return emit(part.type === 'finish' && part.reason === 'tool-calls' ? { ...part, reason: 'stop' } : part)
  }
}

/** The answer as message content that any model takes: the document is text. */
export const asContent = (content: readonly AssistantContent[]): readonly AssistantContent[] =>
  content.map((piece) =>
    piece.type === 'tool-call' && !piece.byProvider ? { type: 'text', text: piece.input } : piece,
  )

/** A former answer and what is wrong with it, to be asked again with. */
export function correction({ content, toolCalls }: Collector, issues: readonly Issue[]): readonly Message[] {
  const words = `The answer does not fit the schema. What is wrong: ${JSON.stringify(issues)}. Answer again with the whole object, corrected.`
  if (content.length === 0) return [{ role: 'user', content: words }]
  const calls = toolCalls.filter((call) => !call.byProvider)
  return [
    { role: 'assistant', content },
    calls.length === 0
      ? { role: 'user', content: words }
      : {
          role: 'tool',
          content: calls.map(({ id, name }) => ({ type: 'tool-result', id, name, output: words, isError: true })),
        },
  ]
}
