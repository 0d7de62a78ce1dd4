import { expect, it } from 'vitest'
import { byteVocabulary } from '../../testing/grammar/vocabularies.ts'
import { masks } from '../mask.ts'
import { schemaTerm } from '../schema/values.ts'
import { tokenTrie } from '../vocabulary/trie.ts'
import { walker } from '../vocabulary/walker.ts'
import { literals } from './literal.ts'
import { type Term, type Terms, terms } from './term.ts'

const vocabulary = byteVocabulary(['": ', '", "', '{"', '"}', '[[', '1.5'])
const schema = {
  $defs: {
    tree: {
      type: 'object',
      properties: {
        value: { type: 'number' },
        left: { $ref: '#/$defs/tree' },
        names: { type: 'array', items: { enum: ['a', 'ab', 'b'] } },
      },
      additionalProperties: { anyOf: [{ type: 'string', maxLength: 4 }, { type: 'array' }] },
    },
  },
  $ref: '#/$defs/tree',
}
const text =
  '{"value": -1.5e3, "left": {"names": ["ab", "b"], "k": "x", "": [[1], {"a": null}]}, "names": [], "z": "abcd"}'

/** The masks along a text, and how it ends. */
function along(made: Terms): unknown[] {
  const maskOf = masks(made, walker(made, tokenTrie(vocabulary)), vocabulary, new Map())
  let term: Term = schemaTerm({ terms: made, literals: literals(made) }, 'schema', schema)
  const seen: unknown[] = []
  for (const byte of Buffer.from(text)) {
    seen.push([...maskOf(term)].join())
    term = made.after(term, byte)
  }
  return [...seen, made.nullable(term), term === made.empty]
}

it('what is forgotten is found out again: a small memory changes nothing', () => {
  const expected = along(terms())
  expect(expected.slice(-2)).toEqual([true, true])
  for (const most of [1, 2, 7, 40, 300]) expect(along(terms(most))).toEqual(expected)
})
