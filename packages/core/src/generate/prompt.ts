import type { FileContent, Message, UserMessage } from '../contract/message.ts'
import type { TextSupport } from '../contract/text.ts'
import type { FileContext } from './file-input.ts'
import type { FileInput, MessageInput, TextOptions, UserMessageInput } from './options.ts'
import { wrong } from './wrong.ts'

/** The messages of a call as the contract wants them: files read, shapes checked. Without the `system` option. */
export async function toMessages(
  options: Pick<TextOptions, 'prompt' | 'messages' | 'downloads' | 'signal'>,
  supports: TextSupport,
): Promise<Message[]> {
  const { prompt, messages, downloads, signal } = options
  const context: FileContext = { supports, downloads, signal }
  if ((prompt === undefined) === (messages === undefined)) throw await wrong(prompt === undefined ? 'nothing' : 'both')
  const given: readonly MessageInput[] =
    prompt === undefined ? (messages as readonly MessageInput[]) : [{ role: 'user', content: prompt }]
  if (!Array.isArray(given) || given.length === 0) throw await wrong('messages')
  return Promise.all(given.map((message, index) => toMessage(message, index, context)))
}

const roles = new Set(['system', 'user', 'assistant', 'tool'])

async function toMessage(message: MessageInput, index: number, context: FileContext): Promise<Message> {
  if (typeof message !== 'object' || message === null || !roles.has(message.role)) throw await wrong('role', index)
  const { role, content } = message
  if (typeof content !== 'string' && (role === 'system' || !Array.isArray(content)))
    throw await wrong(role === 'system' ? 'text' : 'content', index)
  return message.role === 'user' && typeof message.content !== 'string'
    ? toUserMessage(message, index, context)
    : (message as Message)
}

async function toUserMessage(message: UserMessageInput, index: number, context: FileContext): Promise<UserMessage> {
  const pieces = message.content as Exclude<UserMessageInput['content'], string>
  const content = await Promise.all(
    pieces.map(async (piece, at) => {
      if (piece?.type === 'text' && typeof piece.text === 'string') return piece
      if (piece?.type === 'file')
        return 'data' in piece && piece.data !== undefined && !isReady(piece)
          ? import('./file-input.ts').then(({ toFile }) => toFile(piece as FileInput, context))
          : (piece as FileContent)
      throw await wrong('piece', index, at)
    }),
  )
  return { role: 'user', content }
}

/** Base64 text with its media type: as it stands in messages that come back from a result. */
const isReady = (piece: { readonly data?: unknown; readonly mediaType?: string }): boolean =>
  typeof piece.data === 'string' && piece.mediaType !== undefined && !/^(?:data|https?):/.test(piece.data)
