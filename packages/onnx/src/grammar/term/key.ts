import { countTexts, type Dfa, isFinal, step } from '../automaton/dfa.ts'
import { merge } from '../vocabulary/bits.ts'
import { addTokens, goesOn, pathTo } from '../vocabulary/nodes.ts'
import { closedSlice } from '../vocabulary/slice.ts'
import { soleByte } from './automaton.ts'
import type { Scan, Term, Terms } from './term.ts'

/** Keys that an object may have beside those that its schema names. */
export interface KeyLanguage {
  readonly id: string
  /** Keys as JSON strings in one spelling each, from behind the opening quote to the closing one. */
  readonly dfa: Dfa
  /** How many keys each state leads to. */
  readonly counts: Float64Array
  /** True when every state, up to the closing quote, leads to keys without end: then none can be used up. */
  readonly endless: boolean
}

/** The keys of an automaton. `id` names it. */
export function keyLanguage(id: string, dfa: Dfa): KeyLanguage {
  const counts = countTexts(dfa)
  const endless = counts.every((count, state) => count === Number.POSITIVE_INFINITY || isFinal(dfa, state))
  return { id, dfa, counts, endless }
}

/** True when there is a key left beside so many. */
export const hasMore = ({ counts }: KeyLanguage, taken: number): boolean => (counts[0] as number) > taken

/**
 * A key that was not taken yet, and then what comes after it. The bytes of a key are part of the state: they decide what is taken from then on. Never comes to where only taken keys are left.
 */
export function freeKey(
  terms: Terms,
  language: KeyLanguage,
  taken: ReadonlySet<string>,
  behind: (key: string) => Term,
): Term {
  const { id, dfa, counts, endless } = language
  return at(0, '')

  function at(state: number, path: string): Term {
    return terms.terminal(undefined, () => ({
      nullable: false,
      sole: endless ? -1 : soleAlive(state, path),
      next: (byte) => after(state, path, byte),
      ...(endless && { scan: scan(state, path) }),
    }))
  }

  function after(state: number, path: string, byte: number): Term {
    const to = step(dfa, state, byte)
    if (to < 0) return terms.never
    if (isFinal(dfa, to)) return taken.has(path) ? terms.never : behind(path)
    const longer = path + String.fromCharCode(byte)
    return endless || leadsOn(to, longer) ? at(to, longer) : terms.never
  }

  function leadsOn(state: number, path: string): boolean {
    const count = counts[state] as number
    if (count === Number.POSITIVE_INFINITY) return true
    let used = 0
    for (const key of taken) if (key.startsWith(path)) used++
    return count > used
  }

  function soleAlive(state: number, path: string): number {
    if (taken.size === 0) return soleByte(dfa, state)
    let sole = -1
    for (let byte = 0; byte < 256; byte++) {
      if (after(state, path, byte) === terms.never) continue
      if (sole >= 0) return -1
      sole = byte
    }
    return sole
  }

  function scan(state: number, path: string): Scan {
    return (walker, mask, tail) => {
      const { inside, exits } = walker.cached(`key:${id}:${state}`, () => closedSlice(walker.trie, dfa, state))
      merge(mask, inside)
      for (const node of exits) {
        const key = path + pathTo(walker.trie, node).slice(0, -1)
        if (taken.has(key)) continue
        addTokens(mask, walker.trie, node)
        if (goesOn(walker.trie, node)) walker.walk(node, terms.sequence(behind(key), tail), mask)
      }
    }
  }
}
