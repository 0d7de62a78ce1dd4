import { createHash } from 'node:crypto'
import type { TextCall } from '../../contract/text.ts'
import type { AnyCall } from '../kinds.ts'
import type { SharedPlaces } from '../shared/shared-places.ts'

export interface StickyOptions {
  /** Calls with the same value of this tag stay together. Without the tag, or without this option, chats that begin alike do (the same system text, tools and first message); of other kinds nothing. */
  readonly tag?: string
  /** Milliseconds for which a target is remembered after a call: about as long as services keep their prompt caches. Default 300,000. */
  readonly ttl?: number
}

/** Conversations remembered at most; the ones that were silent longest are forgotten first. */
const limit = 10_000

/** Which target has a conversation's beginning in its prompt cache. */
export class Sticky {
  readonly #tag: string | undefined
  readonly #ttl: number
  readonly #clock: () => number
  readonly #shared: SharedPlaces | undefined
  readonly #targets = new Map<string, { readonly target: number; readonly until: number }>()

  constructor({ tag, ttl = 300_000 }: StickyOptions, clock: () => number, shared?: SharedPlaces) {
    this.#shared = shared
    this.#tag = tag
    this.#ttl = ttl
    this.#clock = clock
  }

  /** Looks up where other processes had the conversation, where this one does not know. */
  look(call: AnyCall): Promise<void> | undefined {
    const key = this.#key(call)
    if (!this.#shared || key === undefined || this.of(call) !== undefined) return undefined
    return this.#shared.find(key).then((target) => {
      if (target !== undefined && this.of(call) === undefined) this.#keep(key, target)
    })
  }

  /** The target that answered last. */
  of(call: AnyCall): number | undefined {
    const key = this.#key(call)
    const found = key === undefined ? undefined : this.#targets.get(key)
    return found && found.until > this.#clock() ? found.target : undefined
  }

  answered(call: AnyCall, target: number): void {
    const key = this.#key(call)
    if (key === undefined) return
    this.#keep(key, target)
    this.#shared?.keep(key, target, this.#ttl)
  }

  #keep(key: string, target: number): void {
    this.#targets.delete(key)
    this.#targets.set(key, { target, until: this.#clock() + this.#ttl })
    for (const oldest of this.#targets.keys()) {
      if (this.#targets.size <= limit) break
      this.#targets.delete(oldest)
    }
  }

  #key({ tags, tools, messages }: AnyCall & Partial<Pick<TextCall, 'tools' | 'messages'>>): string | undefined {
    const tag = this.#tag === undefined ? undefined : tags?.[this.#tag]
    if (tag !== undefined) return `tag ${tag}`
    if (!messages) return undefined
    const rest = messages.findIndex(({ role }) => role !== 'system')
    const beginning = rest < 0 ? messages : messages.slice(0, rest + 1)
    return createHash('sha256')
      .update(JSON.stringify([tools, beginning]))
      .digest('base64')
  }
}
