import type {
  AssistantContent,
  CacheHint,
  FileContent,
  Json,
  JsonObject,
  Message,
  Opaque,
  TextContent,
  ToolResultContent,
  Warning,
} from '@anymodel/core'
import type { Target } from '../../protocol.ts'
import { readable } from '../model-rules.ts'
import { toolId } from '../tool-id.ts'
import { toInputObject } from '../tool-input.ts'

/** Media types of files that the service reads. */
export const files: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/*',
]

/** Who is spoken to, and what came up on the way. */
interface Context extends Target {
  readonly warnings: Warning[]
}

/** A block on its way out. */
type Block = Record<string, Json | undefined>

/** Neighbouring messages of one role are one turn. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: Block[]
}

/** A conversation in the format's words. */
interface Conversation {
  readonly system: readonly Block[]
  readonly turns: readonly Turn[]
}

/**
 * Our messages by the format's rules: results come first in the turn after their calls and every call has one, no empty texts, no white space at the end of a last assistant text, at most four cache breakpoints.
 * With `systemInside`, system messages in the middle of a conversation stay where they are; without, they join the ones at its start.
 */
export function toConversation(messages: readonly Message[], systemInside: boolean, context: Context): Conversation {
  const system: Block[] = []
  const turns: Turn[] = []
  /** Files of an assistant message can't stand in it: the next user turn takes them along. */
  const drawn: Block[] = []
  const add = (role: Turn['role'], blocks: readonly Block[]) => {
    if (blocks.length === 0) return
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...blocks)
    else turns.push({ role, content: [...blocks] })
  }
  for (const message of messages) {
    switch (message.role) {
      case 'system': {
        const blocks = marked(toText(message.content), message.cache)
        if (systemInside && turns.length > 0) add('system', blocks)
        else system.push(...blocks)
        break
      }
      case 'user':
        add('user', [...drawn.splice(0), ...toContents(message.content, context)])
        break
      case 'assistant': {
        const content =
          typeof message.content === 'string' ? [{ type: 'text' as const, text: message.content }] : message.content
        add(
          'assistant',
          content.flatMap((piece) => toAssistantBlocks(piece, context)),
        )
        drawn.push(...content.flatMap((piece) => (piece.type === 'file' ? toContents([piece], context) : [])))
        break
      }
      case 'tool':
        addResults(
          turns,
          message.content.filter(({ byProvider }) => !byProvider).flatMap((result) => toResult(result, context)),
          add,
        )
        add('user', drawn.splice(0))
    }
  }
  answerOpenCalls(turns)
  trimEnd(turns)
  limitBreakpoints([...system, ...turns.flatMap(({ content }) => content)], context.warnings)
  return { system, turns }
}

function addResults(turns: readonly Turn[], results: Block[], add: (role: 'user', blocks: Block[]) => void): void {
  const last = turns.at(-1)
  if (last?.role !== 'user') return add('user', results)
  last.content.splice(last.content.findLastIndex(isResult) + 1, 0, ...results)
}

const isResult = ({ type }: Block): boolean => type === 'tool_result'

/** An id as the format allows it. */
const callId = (id: string): string => toolId(id, /^[a-zA-Z0-9_-]+$/)

function toResult({ id, output, content, isError, cache }: ToolResultContent, context: Context): Block[] {
  const blocks = content
    ? toContents(content, context)
    : toText(typeof output === 'string' ? output : JSON.stringify(output))
  const result = {
    type: 'tool_result',
    tool_use_id: callId(id),
    content: blocks,
    ...(isError ? { is_error: true } : {}),
  }
  return marked([result], cache)
}

/** Empty texts are refused. */
const toText = (text: string): Block[] => (text.trim() === '' ? [] : [{ type: 'text', text }])

const toContents = (content: string | readonly (TextContent | FileContent)[], context: Context): Block[] =>
  typeof content === 'string'
    ? toText(content)
    : readable(content, files, context, context.warnings).flatMap((piece) =>
        marked(piece.type === 'text' ? toText(piece.text) : [toFile(piece)], piece.cache),
      )

function toFile({ mediaType, data = '', url, name }: FileContent): Block {
  const source = url === undefined ? { type: 'base64', media_type: mediaType, data } : { type: 'url', url }
  if (mediaType.startsWith('image/')) return { type: 'image', source }
  const title = name === undefined ? {} : { title: name }
  if (url !== undefined || mediaType === 'application/pdf') return { type: 'document', source, ...title }
  const text = Buffer.from(data, 'base64').toString('utf8')
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...title }
}

/** The last of the blocks ends a prefix that is cached. */
function marked(blocks: Block[], cache: CacheHint | undefined): Block[] {
  const last = blocks.at(-1)
  if (cache && last) last.cache_control = { type: 'ephemeral', ...((cache.ttl ?? 0) > 300 ? { ttl: '1h' } : {}) }
  return blocks
}

/** The block that this service once sent, without what our content holds of it. */
const ownBlock = (opaque: Opaque | undefined, { provider }: Target): JsonObject | undefined =>
  opaque?.provider === provider && typeof opaque.data === 'object'
    ? ((opaque.data as JsonObject | null) ?? undefined)
    : undefined

function toAssistantBlocks(piece: AssistantContent, target: Target): Block[] {
  const own = ownBlock(piece.opaque, target)
  switch (piece.type) {
    case 'text':
      return marked(
        toText(piece.text).map((block) => ({ ...block, ...own })),
        piece.cache,
      )
    case 'reasoning':
      return own ? toThinkingBlock(piece.text, own, target) : []
    case 'tool-call': {
      const call = { ...own, id: callId(piece.id), name: piece.name, input: toInputObject(piece.input) }
      if (!piece.byProvider) return marked([{ type: 'tool_use', ...call }], piece.cache)
      return own ? [call] : []
    }
    case 'tool-result':
      return own ? [{ ...own, tool_use_id: callId(piece.id), content: piece.output }] : []
    case 'file':
    case 'source':
      return []
  }
}

/** Thinking goes back only to the model that thought it, and as it was. */
function toThinkingBlock(text: string, { model, ...block }: JsonObject, target: Target): Block[] {
  if (block.type !== 'thinking') return [block]
  return model === target.model ? [{ ...block, thinking: text }] : []
}

/** Gives an error to every call that has no result. */
function answerOpenCalls(turns: Turn[]): void {
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at] as Turn
    if (turn.role !== 'assistant') continue
    const next = turns[at + 1]?.role === 'user' ? turns[at + 1] : undefined
    const answered = new Set(next?.content.filter(isResult).map(({ tool_use_id }) => tool_use_id))
    const open = turn.content.filter(({ type, id }) => type === 'tool_use' && !answered.has(id))
    if (open.length === 0) continue
    const results = open.map(({ id }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: [{ type: 'text', text: 'The tool was not run.' }],
      is_error: true,
    }))
    if (next) next.content.unshift(...results)
    else turns.splice(at + 1, 0, { role: 'user', content: results })
  }
}

function trimEnd(turns: readonly Turn[]): void {
  const last = turns.at(-1)
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined
  if (block?.type === 'text') block.text = String(block.text).trimEnd()
}

const mostBreakpoints = 4

/** The first breakpoint (the part that all conversations share) and the last ones (what the next turn begins with) are worth the most. */
function limitBreakpoints(blocks: readonly Block[], warnings: Warning[]): void {
  const breakpoints = blocks.filter(({ cache_control }) => cache_control)
  if (breakpoints.length <= mostBreakpoints) return
  for (const block of breakpoints.slice(1, 1 - mostBreakpoints)) delete block.cache_control
  warnings.push({
    option: 'cache',
    message: `The service takes ${mostBreakpoints} cache breakpoints, not ${breakpoints.length}: the first and the last ${mostBreakpoints - 1} were kept.`,
  })
}
