import { createHash } from 'node:crypto'
import type { Message, TextContent } from '../../contract/message.ts'
import type { TextCall } from '../../contract/text.ts'
import { canonical } from '../../schema/canonical.ts'
import type { AnyCall } from '../kinds.ts'

/** Where the answer to a call is kept. */
export interface CacheKeys {
  /** The same for calls that are the same in all that can matter for the answer. */
  readonly exact: string
  /** Text of the last message, when it is all that a user says there. */
  readonly question: string | undefined
  /** The same for calls that differ in the question alone. */
  readonly context: string
}

/** What a call of any kind may have besides what it asks for. */
type Besides = Pick<TextCall, 'signal' | 'delivery' | 'tags' | 'cache'> & { readonly previews?: boolean }

/** Reads a call. `scope`: who shares answers. */
export function cacheKeys(call: AnyCall & Partial<TextCall>, scope: readonly string[]): CacheKeys {
  // How the answer travels and who waits for it makes no difference.
  const {
    signal: _signal,
    delivery: _delivery,
    tags: _tags,
    cache: _cache,
    previews: _previews,
    ...rest
  } = call as Partial<TextCall> & Besides
  const { messages, ...asked } = rest
  if (!messages) return { exact: hash([scope, asked]), question: undefined, context: '' }
  const question = questionOf(messages.at(-1))
  const context = [scope, asked, question === undefined ? messages : messages.slice(0, -1)]
  return { exact: hash([scope, asked, messages]), question, context: hash(context) }
}

export const hash = (value: unknown): string =>
  createHash('sha256')
    .update(canonical(digested(value)))
    .digest('base64url')

/** Bytes as a digest of theirs: written out as JSON they would be many times as long. */
function digested(value: unknown): unknown {
  if (value instanceof Uint8Array) return { sha256: createHash('sha256').update(value).digest('base64url') }
  if (Array.isArray(value)) return value.map(digested)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, digested(one)]))
}

function questionOf(last: Message | undefined): string | undefined {
  if (last?.role !== 'user') return undefined
  if (typeof last.content === 'string') return last.content
  if (last.content.some(({ type }) => type !== 'text')) return undefined
  return last.content.map((piece) => (piece as TextContent).text).join('\n')
}
