import type { Term, Terms, TokenTrie, Walker } from '../term/term.ts'
import { addTokens } from './nodes.ts'

/** Slices and masks remembered at most: about this many bytes of masks. */
const roomForMasks = 8_000_000

/** What was computed, as long as there is room for it; the oldest goes first. */
export interface Store<Value> {
  get(key: unknown): Value | undefined
  set(key: unknown, value: Value): void
}

/** A store for about so many masks of a vocabulary. */
export function maskStore<Value>({ vocabulary }: TokenTrie): Store<Value> {
  const most = Math.max(16, Math.floor(roomForMasks / (vocabulary / 8)))
  const values = new Map<unknown, Value>()
  return {
    get(key) {
      const value = values.get(key)
      if (value !== undefined) {
        values.delete(key)
        values.set(key, value)
      }
      return value
    },
    set(key, value) {
      values.set(key, value)
      if (values.size > most) values.delete(values.keys().next().value)
    },
  }
}

/** Walks a vocabulary with terms. */
export function walker(terms: Terms, trie: TokenTrie): Walker {
  const slices = maskStore<unknown>(trie)
  return {
    trie,
    walk(node, term, mask) {
      const path: Term[] = [term]
      const base = (trie.depth[node] as number) + 1
      const last = trie.end[node] as number
      for (let at = node + 1; at < last; ) {
        const depth = (trie.depth[at] as number) - base
        const next = terms.after(path[depth] as Term, trie.byte[at] as number)
        if (next === terms.never) at = trie.end[at] as number
        else {
          path[depth + 1] = next
          addTokens(mask, trie, at)
          at++
        }
      }
    },
    cached(key, compute) {
      let value = slices.get(key)
      if (value === undefined) {
        value = compute()
        slices.set(key, value)
      }
      return value as ReturnType<typeof compute>
    },
  }
}
