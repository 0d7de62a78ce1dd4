import type {
  AssistantContent,
  AssistantMessage,
  FileContent,
  Json,
  JsonObject,
  Message,
  Opaque,
  TextContent,
  ToolCallContent,
  ToolResultContent,
  Warning,
} from '@anymodel/core'
import type { Target } from '../../protocol.ts'
import { readable } from '../model-rules.ts'
import { toInputObject } from '../tool-input.ts'

/** Media types of files that the service reads, as bytes and from URLs. */
export const files: readonly string[] = ['image/*', 'audio/*', 'video/*', 'application/pdf', 'text/*']

/** What may stand in front of a call that another model made, where calls need signatures. https://ai.google.dev/gemini-api/docs/thought-signatures */
const noSignature = 'skip_thought_signature_validator'

interface Turn {
  readonly role: 'user' | 'model'
  readonly parts: JsonObject[]
}

/** Who is spoken to, and what came up on the way. */
interface Context extends Target {
  readonly signed: boolean
  readonly warnings: Warning[]
}

/** A conversation in the format's words. */
interface Conversation {
  readonly system: readonly JsonObject[]
  readonly turns: readonly Turn[]
}

/**
 * Our messages by the format's rules: system messages stand apart, neighbours of one role are one turn, and a turn with calls is followed by their results, all of them and in the order of the calls.
 */
export function toConversation(messages: readonly Message[], context: Context): Conversation {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  let calls: readonly ToolCallContent[] = []
  let results: ToolResultContent[] = []
  const add = (role: Turn['role'], parts: readonly JsonObject[]) => {
    const last = turns.at(-1)
    if (parts.length === 0) return
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({ role, parts: [...parts] })
  }
  const answer = () => {
    add('user', toResponses(calls, results, context))
    calls = []
    results = []
  }
  for (const message of messages) {
    if (message.role === 'system') system.push(...toText(message.content))
    else if (message.role === 'tool') results.push(...message.content.filter(({ byProvider }) => !byProvider))
    else {
      answer()
      if (message.role === 'user') add('user', toParts(message.content, context))
      else {
        add('model', toModelParts(message, context))
        calls = callsOf(message)
      }
    }
  }
  answer()
  return { system, turns }
}

const callsOf = ({ content }: AssistantMessage): ToolCallContent[] =>
  typeof content === 'string'
    ? []
    : content.filter((piece) => piece.type === 'tool-call').filter((call) => !call.byProvider)

const toText = (text: string): JsonObject[] => (text === '' ? [] : [{ text }])

const toParts = (content: string | readonly (TextContent | FileContent)[], context: Context): JsonObject[] =>
  typeof content === 'string'
    ? toText(content)
    : readable(content, files, context, context.warnings).flatMap((piece) =>
        piece.type === 'text' ? toText(piece.text) : [toFile(piece)],
      )

const toFile = ({ mediaType, data, url }: FileContent): JsonObject =>
  url === undefined
    ? { inlineData: { mimeType: mediaType, data } }
    : { fileData: { mimeType: mediaType, fileUri: url } }

/** What this service wants back with a piece of content. */
interface Own {
  readonly thoughtSignature?: string
  /** Id of a call, where the service gave it one. */
  readonly id?: string
  /** A part of a tool that the service ran. */
  readonly part?: JsonObject
}

const ownData = (opaque: Opaque | undefined, { provider }: Target): Own | undefined =>
  opaque?.provider === provider && typeof opaque.data === 'object'
    ? ((opaque.data ?? undefined) as Own | undefined)
    : undefined

function toModelParts({ content }: AssistantMessage, context: Context): JsonObject[] {
  if (typeof content === 'string') return toText(content)
  const parts = content.flatMap((piece) => toModelPart(piece, context))
  const first = parts.findIndex((part) => 'functionCall' in part)
  const call = parts[first]
  if (context.signed && call && !call.thoughtSignature) parts[first] = { ...call, thoughtSignature: noSignature }
  return parts
}

function toModelPart(piece: AssistantContent, context: Context): JsonObject[] {
  const own = ownData(piece.opaque, context)
  const signature = own?.thoughtSignature === undefined ? {} : { thoughtSignature: own.thoughtSignature }
  switch (piece.type) {
    case 'text':
      return piece.text === '' && !own?.thoughtSignature ? [] : [{ text: piece.text, ...signature }]
    case 'reasoning':
      return own?.thoughtSignature ? [{ text: piece.text, thought: true, ...signature }] : []
    case 'file':
      return toParts([piece], context).map((part) => ({ ...part, ...signature }))
    case 'tool-call': {
      if (piece.byProvider) return own?.part ? [own.part] : []
      const id = own?.id === undefined ? {} : { id: own.id }
      return [{ functionCall: { ...id, name: piece.name, args: toInputObject(piece.input) }, ...signature }]
    }
    case 'tool-result':
      return own?.part ? [withPayload(own.part, piece.output)] : []
    case 'source':
      return []
  }
}

/** A result's part comes back without its payload, which is the result's output. */
function withPayload(part: JsonObject, payload: Json): JsonObject {
  if (payload === null) return part
  for (const kind of ['toolResponse', 'functionResponse'] as const)
    if (kind in part) return { ...part, [kind]: { ...(part[kind] as JsonObject), response: payload } }
  return part
}

/** The results in the order of their calls; a call without one gets an error. */
function toResponses(
  calls: readonly ToolCallContent[],
  results: readonly ToolResultContent[],
  context: Context,
): JsonObject[] {
  const answered = calls.map((call) =>
    toResponse(call, results.find(({ id }) => id === call.id) ?? { ...call, ...notRun }, context),
  )
  const strays = results.filter(({ id }) => !calls.some((call) => call.id === id))
  const all = [...answered, ...strays.map((result) => toResponse(undefined, result, context))]
  return [...all.map(([response]) => response as JsonObject), ...all.flatMap(([, ...beside]) => beside)]
}

const notRun = { type: 'tool-result', output: 'The tool was not run.', isError: true } as const

/** A response, and the files of the result where a response can't hold them. */
function toResponse(call: ToolCallContent | undefined, result: ToolResultContent, context: Context): JsonObject[] {
  const { name, output, content, isError } = result
  const own = ownData(call?.opaque, context)
  const attached = toParts(content?.filter(({ type }) => type === 'file') ?? [], context)
  const texts = content?.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
  const response = {
    ...(own?.id === undefined ? {} : { id: own.id }),
    name: call?.name ?? name,
    response: toObject(texts ?? output, isError),
  }
  if (!context.signed) return [{ functionResponse: response }, ...attached]
  return [{ functionResponse: { ...response, ...(attached.length > 0 ? { parts: attached } : {}) } }]
}

const toObject = (output: Json, isError: boolean | undefined): JsonObject => {
  if (isError) return { error: output }
  return typeof output === 'object' && output !== null && !Array.isArray(output) ? (output as JsonObject) : { output }
}
