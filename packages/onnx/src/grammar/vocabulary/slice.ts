import { type Dfa, step } from '../automaton/dfa.ts'
import type { TokenTrie } from '../term/term.ts'
import { newMask } from './bits.ts'
import { addTokens, goesOn } from './nodes.ts'

/** What tokens do in one state of an automaton, whatever comes after it. */
export interface Slice {
  /** Tokens that end before the automaton's text does, or with it. */
  readonly inside: Uint32Array
  /** Where tokens go through the end of the automaton's text. */
  readonly exits: Int32Array
}

/** Computes a slice in one pass over the trie. */
export function slice(trie: TokenTrie, dfa: Dfa, state: number): Slice {
  const inside = newMask(trie.vocabulary)
  const exits: number[] = []
  eachLive(trie, dfa, state, (node, accepts) => {
    addTokens(inside, trie, node)
    if (accepts && goesOn(trie, node)) exits.push(node)
  })
  return { inside, exits: Int32Array.from(exits) }
}

/** The same for texts that end with a byte of their own: tokens that reach the end are not inside, but all at the exits. */
export function closedSlice(trie: TokenTrie, dfa: Dfa, state: number): Slice {
  const inside = newMask(trie.vocabulary)
  const exits: number[] = []
  eachLive(trie, dfa, state, (node, accepts) => {
    if (accepts) exits.push(node)
    else addTokens(inside, trie, node)
  })
  return { inside, exits: Int32Array.from(exits) }
}

/** Visits every node that an automaton can be in; subtrees that it can't enter are jumped over. */
function eachLive(trie: TokenTrie, dfa: Dfa, start: number, visit: (node: number, accepts: boolean) => void): void {
  const states = new Int32Array(trie.height + 1)
  states[0] = start
  for (let node = 1; node < trie.nodes; ) {
    const depth = trie.depth[node] as number
    const state = step(dfa, states[depth - 1] as number, trie.byte[node] as number)
    if (state < 0) node = trie.end[node] as number
    else {
      states[depth] = state
      visit(node, dfa.accepts[state] === 1)
      node++
    }
  }
}
