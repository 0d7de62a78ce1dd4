import { AnyModelError } from '@anymodel/core'
import type { Head, Term, Terms, Walker } from './term/term.ts'
import { addToken, newMask } from './vocabulary/bits.ts'
import type { Vocabulary } from './vocabulary/trie.ts'
import { maskStore } from './vocabulary/walker.ts'

/** Tells which tokens may come in a state, as a mask with a bit per token. */
export type Masks = (term: Term) => Uint32Array

/** Masks of a grammar, each computed once as long as there is room for it. */
export function masks(terms: Terms, walker: Walker, vocabulary: Vocabulary, tags: ReadonlyMap<string, number>): Masks {
  const store = maskStore<Uint32Array>(walker.trie)
  return (term) => {
    let mask = store.get(term)
    if (!mask) {
      mask = compute(term)
      store.set(term, mask)
    }
    return mask
  }

  function compute(term: Term): Uint32Array {
    const mask = newMask(vocabulary.size)
    const plain: Head[] = []
    for (const head of terms.heads(term)) {
      const { scan, tag } = head.terminal
      if (scan) scan(walker, mask, head.tail)
      else plain.push(head)
      const token = tag === undefined ? undefined : tags.get(tag)
      if (token !== undefined) addToken(mask, token)
    }
    if (plain.length > 0) {
      const joined = terms.alternatives(plain.map(({ terminal, tail }) => terms.sequence(terminal, tail)))
      walker.walk(0, joined, mask)
    }
    if (terms.nullable(term)) for (const token of vocabulary.ends) addToken(mask, token)
    if (mask.every((word) => word === 0))
      throw new AnyModelError(
        'unsupported',
        'The grammar can go on, but no token of this model begins with what must come next. Its vocabulary lacks single bytes: use another model, or no grammar.',
      )
    return mask
  }
}
