import { bytesOf, type Interaction, jsonOf } from './read.ts'

/** What a recorded answer says, read as naively as possible and without the code under test. */
export interface Expected {
  readonly text: string
  /** Names of the tools that are called, in the order of the answer, provider's own tools left out. */
  readonly tools: readonly string[]
  readonly usage: { readonly input?: number; readonly output?: number } | undefined
  /** The service's finish reason or status. */
  readonly reason: string | undefined
  /** Set when the answer is an error although the status is 200. */
  readonly error: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON of twenty services
type Loose = any

/** The JSON of every event of a recorded stream. */
function eventsOf({ response }: Interaction): Loose[] {
  const text = Buffer.from(bytesOf(response)).toString('utf8').replace(/\r\n/g, '\n')
  return text
    .split('\n\n')
    .map((block) =>
      block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('\n'),
    )
    .filter((data) => data.startsWith('{'))
    .map((data) => JSON.parse(data) as Loose)
}

const contentText = (content: Loose): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part: Loose) => (part.type === 'text' ? part.text : '')).join('')
      : ''

const messageText = (message: Loose): string =>
  contentText(message?.content) + (message?.refusal ?? '') + (message?.audio?.transcript ?? '')

/** Some services name a call in every fragment: the same id is the same call. */
function calledTools(messages: readonly Loose[]): string[] {
  const known = new Set<string>()
  return messages
    .flatMap((message) => [...(message.tool_calls ?? []), ...(message.function_call ? [message] : [])])
    .filter((call) => !call.id || (!known.has(call.id) && known.add(call.id)))
    .map((call) => call.function?.name ?? call.custom?.name ?? call.function_call?.name)
    .filter(Boolean)
}

/** Chat Completions: the first choice. */
export function chatExpectation(interaction: Interaction): Expected {
  const chunks: Loose[] = interaction.framing === 'sse' ? eventsOf(interaction) : [jsonOf(interaction.response) ?? {}]
  const choices = chunks.flatMap((chunk) => chunk.choices ?? []).filter((choice: Loose) => (choice.index ?? 0) === 0)
  const messages = choices.map((choice: Loose) => choice.delta ?? choice.message ?? {})
  const usage =
    chunks.findLast((chunk) => chunk.usage)?.usage ?? chunks.findLast((chunk) => chunk.x_groq?.usage)?.x_groq.usage
  return {
    text: messages.map(messageText).join(''),
    tools: calledTools(messages),
    usage: usage && { input: usage.prompt_tokens, output: usage.completion_tokens },
    reason: choices.findLast((choice: Loose) => choice.finish_reason)?.finish_reason,
    error: chunks.some((chunk) => chunk.error),
  }
}

const calls = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'apply_patch_call',
  'mcp_approval_request',
])

/** Responses: the whole body, or the response of the event that ends the stream. */
export function responsesExpectation(interaction: Interaction): Expected {
  const events = interaction.framing === 'sse' ? eventsOf(interaction) : []
  const end = events.findLast((event) => /^response\.(?:completed|incomplete|failed)$/.test(event.type))
  const body: Loose = interaction.framing === 'sse' ? (end?.response ?? {}) : (jsonOf(interaction.response) ?? {})
  // Some recordings keep only the skeleton of the last event: their items say the same.
  const items: Loose[] = body.output?.length
    ? body.output
    : events.filter((event) => event.type === 'response.output_item.done').map((event) => event.item)
  const contents = items.filter((item) => item.type === 'message').flatMap((item) => item.content ?? [])
  return {
    text: contents.map((content: Loose) => content.text ?? content.refusal ?? '').join(''),
    tools: items.filter((item) => calls.has(item.type)).map((item) => item.name ?? item.type),
    usage: body.usage && { input: body.usage.input_tokens, output: body.usage.output_tokens },
    reason: body.incomplete_details?.reason ?? body.status,
    error: events.some((event) => event.type === 'error') || body.status === 'failed',
  }
}
