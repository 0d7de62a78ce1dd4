import { randomInt } from 'node:crypto'
import type { Json, Part } from '@anymodel/core'
import { heldBack } from '@anymodel/core/stop'
import { JsonEnd } from './json-end.ts'

/** Tags that begin a tool call, and what ends it; `undefined`: the end of the answer. */
const forms: Readonly<Record<string, string | undefined>> = {
  '<tool_call>': '</tool_call>',
  '[TOOL_CALLS]': undefined,
  '<|python_tag|>': undefined,
}

/** Tags that models write as special tokens, which have no text otherwise. */
export const toolTags: readonly string[] = [...Object.keys(forms), '</tool_call>', '[ARGS]', '[CALL_ID]']

/** How far into an answer that begins with a brace it is clear whether it is a call. */
const bareLimit = 64

/** Reads an answer's text as text and tool calls. */
export interface ToolCallReader {
  push(text: string): Part[]
  end(): Part[]
  /** Calls so far. */
  readonly count: number
}

/** For calls without tools: everything is text. */
export const plainReader: ToolCallReader = {
  push: (text) => (text === '' ? [] : [{ type: 'text', text }]),
  end: () => [],
  count: 0,
}

/**
 * Finds the tool calls in what a model writes: `<tool_call>{...}</tool_call>` (Hermes, Qwen), `[TOOL_CALLS]` (Mistral), and JSON that is the whole answer (Llama 3).
 * Text before a call is passed on at once, but for what could begin a tag; what looked like a call and is none comes as text.
 */
export class TaggedCalls implements ToolCallReader {
  readonly #names: ReadonlySet<string>
  readonly #limit: number
  /** Text that is not shown yet: what could begin a tag, or a call in the making. */
  #held = ''
  #tag: string | undefined
  /** How much of a call in the making was searched for its end. */
  #searched = 0
  #json = new JsonEnd()
  /** The end tag that may follow. */
  #close: string | undefined
  #bare: 'no' | 'perhaps' | 'yes' = 'no'
  #atStart = true
  count = 0

  /** `limit`: calls beyond it are dropped. */
  constructor(names: readonly string[], limit = Number.POSITIVE_INFINITY) {
    this.#names = new Set(names)
    this.#limit = limit
  }

  push(text: string): Part[] {
    this.#held += text
    const parts: Part[] = []
    while (this.#step(parts)) {}
    return parts
  }

  end(): Part[] {
    const held = this.#held
    this.#held = ''
    const calls = this.#tag !== undefined ? toCalls(held) : this.#bare !== 'no' ? toCalls(held, this.#names) : undefined
    if (calls) return this.#emit(calls)
    const text = this.#close?.startsWith(held.trimStart()) ? '' : (this.#tag ?? '') + held
    return text === '' ? [] : [{ type: 'text', text }]
  }

  /** One step through what is held; true when there may be another. */
  #step(parts: Part[]): boolean {
    if (this.#tag !== undefined) return this.#inCall(parts)
    if (this.#close !== undefined && !this.#passClose(this.#close)) return false
    if (this.#atStart && this.#looksBare()) return false
    const { at, tag } = firstTag(this.#held)
    const shown = tag === undefined ? this.#held.length - heldBack(this.#held, Object.keys(forms)) : at
    const text = this.count > 0 && this.#atStart ? this.#held.slice(0, shown).trimStart() : this.#held.slice(0, shown)
    if (text !== '') {
      parts.push({ type: 'text', text })
      this.#atStart = false
    }
    this.#held = this.#held.slice(tag === undefined ? shown : at + tag.length)
    this.#tag = tag
    this.#searched = 0
    this.#json = new JsonEnd()
    return tag !== undefined
  }

  /** A call ends with its JSON; the end tag after it, which small models forget, is dropped. */
  #inCall(parts: Part[]): boolean {
    const close = forms[this.#tag as string]
    if (close === undefined) return false
    const end = this.#json.find(this.#held)
    const tagAt = end < 0 && !this.#json.inString ? this.#held.indexOf(close, this.#searched) : -1
    this.#searched = Math.max(0, this.#held.length - close.length)
    if (end < 0 && tagAt < 0) return false
    const body = this.#held.slice(0, end < 0 ? tagAt : end)
    const calls = toCalls(body)
    parts.push(...(calls ? this.#emit(calls) : [{ type: 'text' as const, text: this.#tag + body }]))
    this.#held = this.#held.slice(body.length)
    this.#close = calls && close
    this.#tag = undefined
    this.#atStart = calls !== undefined
    return this.#held !== ''
  }

  /** Drops the end tag of the call before; true when it is clear whether there is one. */
  #passClose(close: string): boolean {
    const rest = this.#held.trimStart()
    if (rest.length < close.length && close.startsWith(rest)) return false
    this.#close = undefined
    if (rest.startsWith(close)) this.#held = rest.slice(close.length)
    return true
  }

  /** True while the answer could still be nothing but JSON that calls a tool. */
  #looksBare(): boolean {
    const text = this.#held.trimStart()
    if (text === '') return this.count === 0
    if (this.#bare === 'yes') return true
    const begins = /^[{[]/.test(text) && !text.startsWith('[TOOL')
    if (begins && text.length < bareLimit) this.#bare = 'perhaps'
    else this.#bare = begins && /^\[?\s*\{[^}]*"(?:name|function)"\s*:/.test(text) ? 'yes' : 'no'
    return this.#bare !== 'no'
  }

  #emit(found: readonly Call[]): Part[] {
    const calls = found.slice(0, this.#limit - this.count)
    this.count += calls.length
    return calls.map(({ name, input }) => ({ type: 'tool-call', id: newId(), name, input }))
  }
}

function firstTag(text: string): { at: number; tag?: string } {
  let found: { at: number; tag?: string } = { at: -1 }
  for (const tag of Object.keys(forms)) {
    const at = text.indexOf(tag)
    if (at >= 0 && (found.at < 0 || at < found.at)) found = { at, tag }
  }
  return found
}

interface Call {
  readonly name: string
  readonly input: string
}

/** The calls that a body holds; `undefined` when it is not made of calls (of these `names`, where given). */
function toCalls(body: string, names?: ReadonlySet<string>): Call[] | undefined {
  const calls = fromNamed(body) ?? fromJson(body)
  return calls?.length && (!names || calls.every(({ name }) => names.has(name))) ? calls : undefined
}

/** `name[ARGS]{...}`, one after the other, as Mistral's newer models write. */
function fromNamed(body: string): Call[] | undefined {
  if (!body.includes('[ARGS]')) return undefined
  const calls = body.split('[TOOL_CALLS]').map((piece) => {
    const [, name, input] = /^\s*([\w.-]+)(?:\[CALL_ID\]\w*)?\[ARGS\]\s*([{].*)$/s.exec(piece) ?? []
    return name !== undefined && input !== undefined && isJson(input) ? { name, input: input.trim() } : undefined
  })
  return calls.every((call) => call !== undefined) ? calls : undefined
}

function fromJson(body: string): Call[] | undefined {
  const values = toValues(body.trim())
  const calls = values?.map(toCall)
  return calls?.every((call) => call !== undefined) ? calls : undefined
}

/** One JSON value, an array of them, or several with `;` or line breaks between. */
function toValues(body: string): Json[] | undefined {
  try {
    return [JSON.parse(body) as Json].flat() as Json[]
  } catch {
    const pieces = body.split(/(?<=\})\s*[;\n]\s*(?=\{)/)
    if (pieces.length < 2) return undefined
    try {
      return pieces.map((piece) => JSON.parse(piece) as Json)
    } catch {
      return undefined
    }
  }
}

function toCall(value: Json): Call | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = value as { name?: Json; arguments?: Json; parameters?: Json; function?: Json }
  if (typeof fields.function === 'object') return toCall(fields.function)
  const name = fields.name ?? fields.function
  const input = fields.arguments ?? fields.parameters ?? {}
  if (typeof name !== 'string') return undefined
  return { name, input: typeof input === 'string' ? input : JSON.stringify(input) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Nine letters and digits, the form that every chat template takes. */
const newId = (): string => Array.from({ length: 9 }, () => alphabet[randomInt(alphabet.length)]).join('')
