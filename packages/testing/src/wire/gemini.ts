import type { FilePart, Json, JsonObject, Usage } from '@anymodel/core'
import type { Script } from '../answer.ts'
import { type Fragment, inputOf, isTextBlock, type OtherBlock, type TextBlock, toFragments } from './blocks.ts'
import { jsonEvent, objects, type ServiceError, totalOf, type Wire, type WireEvent } from './wire.ts'

const reasons: Readonly<Record<string, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
}

/** Gemini `generateContent`, as the service writes it: every chunk is a whole response, calls have no ids, the end is a finish reason. https://ai.google.dev/api/generate-content */
export const geminiWire: Wire = {
  name: 'gemini',
  serves: (path) => /:(?:streamG|g)enerateContent$/.test(path),
  wantsStream: (_body, path) => path.endsWith(':streamGenerateContent'),
  refuse,
  events,
  whole: (script) => toResponse(script, toFragments(script.content).blocks.flatMap(toParts), true),
  error,
  errorEvent: (fault) => jsonEvent(error(fault)),
  reasons: ['stop', 'length', 'tool-calls', 'content-filter'],
  codes: {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    503: 'UNAVAILABLE',
  },
}

function toResponse(script: Script, parts: readonly object[], last: boolean): Json {
  const { response, reason, usage } = script
  const finishReason = response.rawReason ?? reasons[reason] ?? 'OTHER'
  const sources = last
    ? toFragments(script.content)
        .blocks.filter(isTextBlock)
        .flatMap((block) => block.sources)
    : []
  const groundingMetadata = {
    groundingChunks: sources.map(({ url, title }) => ({ web: { uri: url, title } })),
    groundingSupports: [],
  }
  return {
    candidates: [
      {
        ...(parts.length > 0 ? { content: { role: 'model', parts } } : {}),
        index: 0,
        ...(last ? { finishReason } : {}),
        ...(sources.length > 0 ? { groundingMetadata } : {}),
      },
    ],
    ...(usage && last ? { usageMetadata: toUsage(usage) } : {}),
    modelVersion: response.model ?? 'served-model',
    responseId: response.id ?? 'response-1',
  } as Json
}

/** `candidatesTokenCount` leaves out the thoughts. */
const toUsage = (usage: Usage) => {
  const { input, output, cacheRead, reasoning } = usage
  return {
    promptTokenCount: input,
    candidatesTokenCount: output === undefined ? undefined : output - (reasoning ?? 0),
    totalTokenCount: totalOf(usage),
    cachedContentTokenCount: cacheRead,
    thoughtsTokenCount: reasoning,
  }
}

function events(script: Script): WireEvent[] {
  const chunks = toFragments(script.content)
    .fragments.map(fragmentParts)
    .filter((parts) => parts.length > 0)
  return [
    ...chunks.map((parts) => jsonEvent(toResponse(script, parts, false))),
    jsonEvent(toResponse(script, [{ text: '' }], true), undefined, true),
  ]
}

/** Calls come whole; a signature rides on the last part of its block. */
function fragmentParts({ block, text, source, last }: Fragment): object[] {
  if (!isTextBlock(block)) return toParts(block)
  if (block.type === 'tool-call') return last ? toParts(block) : []
  const signature = last && block.signature !== undefined ? { thoughtSignature: block.signature } : {}
  if (source || (text === '' && !('thoughtSignature' in signature))) return []
  return [{ text, ...(block.type === 'reasoning' ? { thought: true } : {}), ...signature }]
}

function toParts(block: TextBlock | OtherBlock): object[] {
  if (!isTextBlock(block)) {
    if (block.type === 'tool-result') return []
    const { mediaType, data } = block.part as FilePart
    return [{ inlineData: { mimeType: mediaType, data: Buffer.from(data).toString('base64') } }]
  }
  const signature = block.signature === undefined ? {} : { thoughtSignature: block.signature }
  if (block.type === 'tool-call') return [{ functionCall: { name: block.name, args: inputOf(block) }, ...signature }]
  return [{ text: block.text, ...(block.type === 'reasoning' ? { thought: true } : {}), ...signature }]
}

function error({ message, code, status }: Required<ServiceError>): Json {
  return { error: { code: status, message, status: code } }
}

type Item = Record<string, unknown>

/** The rules by which requests are refused in practice: roles, empty parts, and a result for every call right after it. */
function refuse(body: JsonObject): string | undefined {
  const contents = objects(body.contents)
  if (contents.length === 0) return 'contents is not specified'
  let open: string[] = []
  for (const [at, { role, parts }] of contents.entries()) {
    if (role !== 'user' && role !== 'model') return `contents[${at}]: Please use a valid role: user, model.`
    const given = objects(parts)
    const problem = wrongParts(given) ?? wrongResults(given, open)
    if (problem) return `contents[${at}]: ${problem}`
    open = names(given, 'functionCall')
  }
  if (open.length > 0) return 'function call without a function response'
  const declared = objects(body.tools).flatMap((tool) => objects(tool.functionDeclarations))
  return declared.some(({ name }) => typeof name !== 'string') ? 'function declarations need a name' : undefined
}

const kinds = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

function wrongParts(parts: readonly Item[]): string | undefined {
  if (parts.length === 0) return 'parts must not be empty'
  if (parts.some((part) => !kinds.some((kind) => kind in part)))
    return 'required oneof field data must have one initialized field'
  for (const { functionCall, functionResponse } of parts as { functionCall?: Item; functionResponse?: Item }[]) {
    if (functionCall && (typeof functionCall.args !== 'object' || Array.isArray(functionCall.args)))
      return 'functionCall.args must be an object'
    if (
      functionResponse &&
      (typeof functionResponse.response !== 'object' ||
        functionResponse.response === null ||
        Array.isArray(functionResponse.response))
    )
      return 'functionResponse.response must be an object'
  }
  return undefined
}

const names = (parts: readonly Item[], kind: 'functionCall' | 'functionResponse'): string[] =>
  parts.filter((part) => kind in part).map((part) => String((part[kind] as Item).name))

function wrongResults(parts: readonly Item[], open: readonly string[]): string | undefined {
  const given = names(parts, 'functionResponse')
  return given.length === open.length && [...given].sort().join() === [...open].sort().join()
    ? undefined
    : `the function responses (${given.join(', ')}) must be those of the calls before them (${open.join(', ')})`
}
