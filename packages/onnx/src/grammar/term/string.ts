import { type Dfa, isFinal, step } from '../automaton/dfa.ts'
import { textDfa } from '../regex/compile.ts'
import { merge, newMask } from '../vocabulary/bits.ts'
import { addTokens, goesOn } from '../vocabulary/nodes.ts'
import { soleByte } from './automaton.ts'
import type { Scan, Term, Terms, TokenTrie } from './term.ts'

const quote = 0x22

/** One character of a JSON string (RFC 8259): as it is, or any escape but those that leave half a surrogate pair. */
const characterPattern =
  '[^"\\\\\\u0000-\\u001f]|\\\\(?:["\\\\/bfnrt]|u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}))'

let character: Dfa | undefined

/**
 * Any JSON string of `min` to `max` characters (code points), from behind its opening quote to its closing one. This is where models spend most of their time, so what tokens do here is
 * computed once for all lengths.
 */
export function anyString(terms: Terms, min: number, max: number): Term {
  character ??= textDfa(characterPattern) as Dfa
  const dfa = character
  return at(0, min, max)

  function at(state: number, least: number, most: number): Term {
    return terms.terminal(`string:${state}:${least}:${most}`, () => ({
      nullable: false,
      sole: state !== 0 ? soleByte(dfa, state) : most === 0 ? quote : -1,
      next(byte) {
        if (state === 0 && byte === quote) return least === 0 ? terms.empty : terms.never
        const to = most === 0 ? -1 : step(dfa, state, byte)
        if (to < 0) return terms.never
        return isFinal(dfa, to) ? at(0, Math.max(0, least - 1), most - 1) : at(to, least, most)
      },
      scan: scan(terms, dfa, { state, least, most }),
    }))
  }
}

interface Position {
  readonly state: number
  readonly least: number
  readonly most: number
}

function scan(terms: Terms, dfa: Dfa, { state, least, most }: Position): Scan {
  return (walker, mask, tail) => {
    const { needs, exits, counts } = lengthsOf(walker.trie, dfa, state)
    merge(mask, needs[Math.min(most, needs.length - 1)] as Uint32Array)
    for (const [i, node] of exits.entries()) {
      const count = counts[i] as number
      if (count < least || count > most) continue
      addTokens(mask, walker.trie, node)
      if (tail !== terms.empty && goesOn(walker.trie, node)) walker.walk(node, tail, mask)
    }
  }
}

/** What tokens do inside of a string, and how many characters they need for it. */
interface Lengths {
  /** At n: the tokens that don't end the string and need n characters or fewer, at least one. The last one holds them all. */
  readonly needs: readonly Uint32Array[]
  /** Where tokens end the string. */
  readonly exits: Int32Array
  /** Characters before that. */
  readonly counts: Int32Array
}

const known = new WeakMap<TokenTrie, Map<number, Lengths>>()

/** The same for every grammar of a model, so it is kept with the trie. */
function lengthsOf(trie: TokenTrie, dfa: Dfa, state: number): Lengths {
  let states = known.get(trie)
  if (!states) known.set(trie, (states = new Map()))
  let found = states.get(state)
  if (!found) states.set(state, (found = lengths(trie, dfa, state)))
  return found
}

function lengths(trie: TokenTrie, dfa: Dfa, start: number): Lengths {
  const needs = [newMask(trie.vocabulary)]
  const exits: number[] = []
  const counts: number[] = []
  const states = new Int32Array(trie.height + 1)
  const characters = new Int32Array(trie.height + 1)
  states[0] = start
  for (let node = 1; node < trie.nodes; ) {
    const depth = trie.depth[node] as number
    const before = states[depth - 1] as number
    const count = characters[depth - 1] as number
    const byte = trie.byte[node] as number
    const to = step(dfa, before, byte)
    const closes = before === 0 && byte === quote
    if (closes) {
      exits.push(node)
      counts.push(count)
    }
    if (closes || to < 0) {
      node = trie.end[node] as number
      continue
    }
    const whole = isFinal(dfa, to)
    states[depth] = whole ? 0 : to
    characters[depth] = whole ? count + 1 : count
    addTokens((needs[count + 1] ??= newMask(trie.vocabulary)), trie, node)
    node++
  }
  for (let need = 1; need < needs.length; need++) merge(needs[need] as Uint32Array, needs[need - 1] as Uint32Array)
  return { needs, exits: Int32Array.from(exits), counts: Int32Array.from(counts) }
}
