import type { Json, JsonObject, Usage } from '@anymodel/core'
import type { Decoder, ReplyContext } from '../../protocol.ts'

/** What the filters found, by category: `{ hate: { filtered: false, severity: 'safe' } }`. */
type Findings = Readonly<Record<string, Json>>

/** Reads an answer with another decoder, and what the content filters found in it. The finish tells that in `details.contentFilter`, apart for the prompt and the answer. */
export class FilteredDecoder implements Decoder {
  readonly #inner: Decoder
  readonly #context: ReplyContext
  readonly #found: { prompt?: Findings; answer?: Findings } = {}

  constructor(inner: Decoder, context: ReplyContext) {
    this.#inner = inner
    this.#context = context
  }

  get settled(): boolean {
    return this.#inner.settled
  }

  get usage(): Usage | undefined {
    return this.#inner.usage
  }

  event(value: JsonObject, name: string | undefined): void {
    this.#read(value)
    this.#inner.event(value, name)
  }

  whole(value: unknown): void {
    this.#read(value)
    this.#inner.whole(value)
  }

  end(done: boolean): void {
    this.#inner.end(done)
    const { out } = this.#context
    const finish = out.at(-1)
    if (finish?.type !== 'finish' || Object.keys(this.#found).length === 0) return
    const { response } = finish
    const details = { ...response.details, contentFilter: this.#found as Json }
    out[out.length - 1] = { ...finish, response: { ...response, details } }
  }

  #read(value: unknown): void {
    const { prompt_filter_results, choices, content_filters, response } = recordOf(value)
    for (const { content_filter_results } of listOf(prompt_filter_results)) this.#add('prompt', content_filter_results)
    for (const { content_filter_results } of listOf(choices)) this.#add('answer', content_filter_results)
    for (const one of [...listOf(content_filters), ...listOf(recordOf(response).content_filters)])
      this.#add(one.source_type === 'prompt' ? 'prompt' : 'answer', one.content_filter_results)
  }

  /** In streams every chunk is judged: the worst is kept. */
  #add(where: 'prompt' | 'answer', results: unknown): void {
    const known = this.#found[where] ?? {}
    const found = Object.entries(recordOf(results)).filter(([category]) => recordOf(known[category]).filtered !== true)
    if (found.length > 0) this.#found[where] = { ...known, ...(Object.fromEntries(found) as Findings) }
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(recordOf) : [])
