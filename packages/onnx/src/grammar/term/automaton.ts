import { type Dfa, isFinal, step } from '../automaton/dfa.ts'
import { merge } from '../vocabulary/bits.ts'
import { slice } from '../vocabulary/slice.ts'
import type { Scan, Term, Terms } from './term.ts'

/** The texts of an automaton. `id` names it. */
export function automaton(terms: Terms, id: string, dfa: Dfa): Term {
  return at(0)

  function at(state: number): Term {
    if (state < 0) return terms.never
    const key = `dfa:${id}:${state}`
    if (isFinal(dfa, state)) return terms.empty
    return terms.terminal(key, () => ({
      nullable: dfa.accepts[state] === 1,
      sole: dfa.accepts[state] === 1 ? -1 : soleByte(dfa, state),
      next: (byte) => at(step(dfa, state, byte)),
      scan: scan(key, state),
    }))
  }

  /** What tokens do inside of the automaton is the same wherever it stands; only what goes on behind it is walked anew. */
  function scan(key: string, state: number): Scan {
    return (walker, mask, tail) => {
      const { inside, exits } = walker.cached(key, () => slice(walker.trie, dfa, state))
      merge(mask, inside)
      if (tail === terms.empty) return
      for (const node of exits) walker.walk(node, tail, mask)
    }
  }
}

/** The only byte that leads on; -1: there are more. */
export function soleByte(dfa: Dfa, state: number): number {
  let sole = -1
  for (let byte = 0; byte < 256; byte++)
    if (step(dfa, state, byte) >= 0) {
      if (sole >= 0) return -1
      sole = byte
    }
  return sole
}
