import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { Part, TextCall, TextModel } from '@anymodel/core'

/** Where the recordings are, seen from the project's root. They are not part of the project. */
const folder = '../shared/recordings'

/** One recorded HTTP exchange. Field names are those of the recordings' README. */
export interface Interaction {
  readonly id: string
  readonly provider: string
  readonly surface: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status: number
  readonly framing: 'json' | 'sse' | 'ndjson' | 'aws-eventstream' | 'binary' | 'text'
  readonly tags: readonly string[]
  readonly model: string | null
  /** Long base64 runs of the response were cut: files in it do not decode. */
  readonly truncated_base64?: boolean
  readonly request: Recorded
  readonly response: Recorded
}

export interface Recorded {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly encoding: 'utf8' | 'base64'
  readonly fidelity: 'raw' | 'reserialised' | 'sse-rejoined' | 'sse-rebuilt'
}

/** Why a test of this provider's recordings has to be skipped; `undefined` when they are there. */
export const missing = (provider: string): string | undefined =>
  existsSync(`${folder}/${provider}.jsonl.gz`) ? undefined : `no ${folder}/${provider}.jsonl.gz on this machine`

/** A provider's interactions, one line at a time. */
export async function* interactions(provider: string): AsyncGenerator<Interaction> {
  const lines = createInterface({ input: createReadStream(`${folder}/${provider}.jsonl.gz`).pipe(createGunzip()) })
  for await (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Interaction
}

/** The bytes of a recorded body. */
export const bytesOf = ({ body, encoding }: Recorded): Uint8Array => Buffer.from(body, encoding)

/** A recorded body as JSON; `undefined` when it is not JSON. */
export function jsonOf(recorded: Recorded): unknown {
  try {
    return JSON.parse(Buffer.from(bytesOf(recorded)).toString('utf8'))
  } catch {
    return undefined
  }
}

/** How a body is cut into network chunks: not at all, into chunks of a size, or into chunks of 1 to 64 bytes that a seed decides. */
export type Cut = 'whole' | number | { readonly seed: number }

/** What a model made of a recorded response: its parts, and the error that ended it if one did. */
export interface Replayed {
  readonly parts: readonly Part[]
  readonly error?: unknown
}

/** What a provider function needs so that it talks to a recording. */
export interface ReplayOptions {
  readonly apiKey: string
  readonly baseURL: string
  readonly fetch: typeof globalThis.fetch
}

const question: TextCall = { messages: [{ role: 'user', content: 'Hello.' }] }

/** Asks the model that `makeModel` makes and answers with the recorded response, its body cut as `cut` says. */
export async function replay(
  makeModel: (options: ReplayOptions) => TextModel,
  interaction: Interaction,
  cut: Cut,
  call: TextCall = question,
): Promise<Replayed> {
  const model = makeModel({
    apiKey: 'key-for-replay',
    baseURL: 'http://recorded.invalid/v1',
    fetch: fetchOf(interaction, cut),
  })
  const delivery = interaction.framing === 'json' ? 'whole' : 'stream'
  const iterator = model.stream({ ...call, delivery })[Symbol.asyncIterator]()
  const parts: Part[] = []
  try {
    for (;;) {
      const taken = iterator.take?.()
      if (taken) {
        parts.push(taken)
        continue
      }
      const next = await iterator.next()
      if (next.done) return { parts }
      parts.push(next.value)
    }
  } catch (error) {
    return { parts, error }
  }
}

/** A `fetch` that gives the recorded response whatever it is asked. */
export function fetchOf({ status, framing, response }: Interaction, cut: Cut): typeof globalThis.fetch {
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.headers))
    if (!framingHeaders.has(name.toLowerCase())) headers.set(name, value)
  const type = contentTypes[framing]
  if (!headers.has('content-type') && type) headers.set('content-type', type)
  const bytes = bytesOf(response)
  // A light stand-in for Response: web streams cost a hundred times more per one-byte chunk than what is tested here.
  return (async () => {
    const chunks = chunksOf(bytes, cut)
    const read = async () => chunks.next()
    return { status, headers, body: { getReader: () => ({ read }) } }
  }) as unknown as typeof globalThis.fetch
}

/** Recorders keep the decoded body, but the headers of the encoded one. */
const framingHeaders: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'transfer-encoding'])

/** Some recorders kept no headers. */
const contentTypes: Readonly<Partial<Record<Interaction['framing'], string>>> = {
  json: 'application/json',
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  'aws-eventstream': 'application/vnd.amazon.eventstream',
}

function* chunksOf(bytes: Uint8Array, cut: Cut): Generator<Uint8Array> {
  if (cut === 'whole') {
    if (bytes.byteLength > 0) yield bytes
    return
  }
  const size = typeof cut === 'number' ? () => cut : randomSizes(cut.seed)
  for (let from = 0; from < bytes.byteLength; ) {
    const to = from + size()
    yield bytes.subarray(from, to)
    from = to
  }
}

/** Sizes of 1 to 64 from a linear congruential generator: the same for the same seed. */
function randomSizes(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return 1 + (state >>> 26)
  }
}

/** The parts without what depends on the cuts (notices), neighbouring text, reasoning and tool-call fragments merged: equal for equal answers. */
export function merged(parts: readonly Part[]): Part[] {
  const out: Part[] = []
  for (const part of parts) {
    if (part.type === 'notice') continue
    const last = out.at(-1)
    if ((part.type === 'text' || part.type === 'reasoning') && last?.type === part.type && !last.opaque) {
      out[out.length - 1] = { ...last, ...part, text: last.text + part.text }
    } else if (part.type === 'tool-call' && last?.type === 'tool-call' && last.id === part.id && !last.opaque) {
      out[out.length - 1] = { ...last, ...part, input: last.input + part.input }
    } else out.push(part)
  }
  return out
}

/** All text of an answer. */
export const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

/** All tool calls of an answer, their input put together. */
export function toolCallsOf(
  parts: readonly Part[],
): { id: string; name: string; input: string; byProvider: boolean }[] {
  const calls = new Map<string, { id: string; name: string; input: string; byProvider: boolean }>()
  for (const part of parts) {
    if (part.type !== 'tool-call') continue
    const known = calls.get(part.id)
    if (known) known.input += part.input
    else calls.set(part.id, { id: part.id, name: part.name, input: part.input, byProvider: part.byProvider ?? false })
  }
  return [...calls.values()]
}
