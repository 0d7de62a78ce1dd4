import type { Json, JsonObject } from '@anymodel/core'
import type { Answer } from '../answer.ts'

/** What a healthy service answers: sixty words, so that a missing or a doubled one is seen. */
export const healthyAnswer =
  'The harbour wakes before the sun does: ropes creak, gulls argue, and a small blue boat called Margit slips past the ' +
  'pier with seven crates of ice. Her skipper hums, counts buoys (four red, three green), and thinks of “Zürich”, where ' +
  'nobody fishes. By noon the crates hold herring, the wind has turned, and everyone ashore is very hungry 🐟.'

const usage = { input: 12, output: 60, total: 72 }

/** A text as a service says it, about a word per event, with usage and the model's name at the end. */
const inWords = (text: string, model: string): Answer => [
  ...(text.match(/\s*\S+|\s+$/g) ?? []).map((word) => ({ type: 'text', text: word }) as const),
  { type: 'finish', usage, response: { model } },
]

/** The answer to a request: all of it, or the rest of it when the conversation ends with its beginning. */
export function healthyReply(body: JsonObject, model: string): Answer {
  const turns = toTurns(body)
  const last = turns.at(-1)
  const asked = last?.role === 'user' ? last.text : ''
  const begun = last?.role === 'assistant' ? last.text : (turns.at(-2)?.text ?? '')
  if (begun === '' || !healthyAnswer.startsWith(begun)) return inWords(healthyAnswer, model)
  return inWords(healthyAnswer.slice(begun.length - repeated(begun, asked)), model)
}

/** How much of the end of `begun` a message wants to see again: as much of it as the message quotes. */
function repeated(begun: string, asked: string): number {
  if (asked === '') return 0
  let length = 0
  while (length < begun.length && asked.includes(begun.slice(begun.length - length - 1))) length++
  return length
}

/** True when the last message is the beginning of the answer that is asked for. */
export const isPrefilled = (body: JsonObject): boolean => toTurns(body).at(-1)?.role === 'assistant'

interface Turn {
  readonly role: 'user' | 'assistant' | 'other'
  readonly text: string
}

const roles: Readonly<Record<string, Turn['role']>> = { user: 'user', assistant: 'assistant', model: 'assistant' }

/** The conversation, in whatever format: `messages`, `input` or `contents`. */
function toTurns({ messages, input, contents }: JsonObject): Turn[] {
  const list = messages ?? input ?? contents
  if (!Array.isArray(list)) return []
  return list.map((item) => {
    const { role, content, parts } = (item ?? {}) as { [key: string]: Json | undefined }
    return { role: roles[String(role)] ?? 'other', text: toText(content ?? parts) }
  })
}

const toText = (content: Json | undefined): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part) => String((part as { text?: Json } | null)?.text ?? '')).join('')
      : ''
