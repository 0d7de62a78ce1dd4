import { type Dfa, step } from '../automaton/dfa.ts'
import type { TokenTrie } from '../term/term.ts'

/** An empty mask, a bit per token. */
export const newMask = (vocabulary: number): Uint32Array => new Uint32Array(Math.ceil(vocabulary / 32))

/** Adds a token. */
export function addToken(mask: Uint32Array, token: number): void {
  mask[token >>> 5] = (mask[token >>> 5] as number) | (1 << (token & 31))
}

/** True when a mask allows a token. */
export const allows = (mask: Uint32Array, token: number): boolean =>
  (((mask[token >>> 5] ?? 0) >>> (token & 31)) & 1) === 1

/** Adds the tokens that end in a node. */
export function addTokens(mask: Uint32Array, { firstToken, tokens }: TokenTrie, node: number): void {
  for (let i = firstToken[node] as number; i < (firstToken[node + 1] as number); i++)
    addToken(mask, tokens[i] as number)
}

/** Adds all tokens of another mask. */
export function merge(mask: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] as number) | (other[i] as number)
}

/** True when longer tokens go through a node. */
export const goesOn = ({ end }: TokenTrie, node: number): boolean => (end[node] as number) > node + 1

/** The bytes that lead to a node, a character each. */
export function pathTo({ byte, parent }: TokenTrie, node: number): string {
  let path = ''
  for (let at = node; at > 0; at = parent[at] as number) path = String.fromCharCode(byte[at] as number) + path
  return path
}

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
