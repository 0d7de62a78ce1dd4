import { isAnyModelError } from '@anymodel/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takes, textOf, tokensIn, writeAtRandom } from '../testing/grammar/random-model.ts'
import { schemas } from '../testing/grammar/schemas.ts'
import { validators } from '../testing/grammar/validators.ts'
import { byteVocabulary } from '../testing/grammar/vocabularies.ts'
import { type Random, random } from '../text/random.ts'
import { type Constraint, compileGrammar, type Grammar, type GrammarSource, type Vocabulary } from './index.ts'

/** Tokens that span what a grammar takes apart. */
const longer = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(
      '": ',
      '", "',
      '{"',
      '"}',
      '{"a": ',
      '": "',
      '"a',
      'a"',
      'ab',
      '}}',
      ']}',
      '[[',
      ', ',
      '1, ',
      '-1',
      '0.',
      '\\"',
      '\\u00',
      'é"',
      '📎',
      'true',
      'null}',
    ),
    fc.string({ unit: fc.constantFrom(...'ab"{}[]:, 10.-\\é'), minLength: 2, maxLength: 5 }),
  ),
  { maxLength: 24 },
)

const choices = fc.array(fc.string({ unit: fc.constantFrom(...'abé"'), maxLength: 4 }), { minLength: 1, maxLength: 8 })
const patterns = fc.constantFrom('[ab]{1,3}', '(a|b)*"', '\\d+\\.\\d{2}', 'é+|a', '[^a]{0,2}', 'true|\\[\\[')

const sources: fc.Arbitrary<GrammarSource> = fc.oneof(
  { arbitrary: schemas.map((schema): GrammarSource => ({ type: 'json-schema', schema })), weight: 6 },
  { arbitrary: choices.map((list): GrammarSource => ({ type: 'choice', choices: list })), weight: 1 },
  { arbitrary: patterns.map((pattern): GrammarSource => ({ type: 'regex', pattern })), weight: 1 },
)

/** `undefined` for what is refused: that nothing fits, or that it is too hard to tell. */
function compiled(source: GrammarSource, vocabulary: Vocabulary): Grammar | undefined {
  try {
    return compileGrammar(source, vocabulary)
  } catch (error) {
    if (isAnyModelError(error) && (error.code === 'unsupported' || error.code === 'invalid-argument')) return undefined
    throw error
  }
}

/** Tokens that can be advanced over, each tried. */
function byTrying(constraint: Constraint, vocabulary: Vocabulary): number[] {
  const before = constraint.mark()
  return Array.from({ length: vocabulary.size }, (_, token) => token).filter((token) => {
    try {
      constraint.advance(token)
      return true
    } catch {
      return false
    } finally {
      constraint.rewind(before)
    }
  })
}

/** Checks something for random grammars over random vocabularies. */
function forAny(
  numRuns: number,
  seed: number,
  check: (grammar: Grammar, vocabulary: Vocabulary, draw: Random) => void,
) {
  const property = fc.property(sources, longer, fc.nat(), (source, words, start) => {
    const vocabulary = byteVocabulary(words)
    const grammar = compiled(source, vocabulary)
    if (grammar) check(grammar, vocabulary, random(start))
  })
  fc.assert(property, { numRuns, seed })
}

const oneOf = (tokens: readonly number[], draw: Random): number => tokens[Math.floor(draw() * tokens.length)] as number

describe('any grammar', () => {
  it('has masks that are what trying every token gives, all along', () => {
    forAny(80, 1, (grammar, vocabulary, draw) => {
      const constraint = grammar.begin()
      for (let i = 0; i < 14 && !constraint.done; i++) {
        const allowed = tokensIn(constraint.mask(), vocabulary.size)
        expect(allowed).toEqual(byTrying(constraint, vocabulary))
        const long = allowed.filter((token) => token >= 256 && !vocabulary.ends.has(token))
        constraint.advance(oneOf(long.length > 0 && draw() < 0.6 ? long : allowed, draw))
      }
    })
  })

  it('goes back to any mark, and on from there as before', () => {
    forAny(60, 2, (grammar, vocabulary, draw) => {
      const constraint = grammar.begin()
      const { tokens } = writeAtRandom(constraint, vocabulary, draw, { patience: 20, limit: 40 })
      const again = grammar.begin()
      const marks = tokens.map((token) => {
        const mark = again.mark()
        again.advance(token)
        return mark
      })
      for (let i = 0; i < 8 && tokens.length > 0; i++) {
        const at = Math.floor(draw() * tokens.length)
        constraint.rewind(marks[at] ?? again.mark())
        const fresh = grammar.begin()
        for (const token of tokens.slice(0, at)) fresh.advance(token)
        expect([...constraint.mask()]).toEqual([...fresh.mask()])
        expect([constraint.done, constraint.accepting]).toEqual([fresh.done, fresh.accepting])
      }
    })
  })

  it('forces only bytes that there is no way around', () => {
    forAny(100, 3, (grammar, vocabulary, draw) => {
      const constraint = grammar.begin()
      for (let i = 0; i < 12 && !constraint.done; i++) {
        const forced = constraint.forced()
        const before = constraint.mark()
        for (const byte of forced.flatMap((token) => [...vocabulary.bytes(token)])) {
          expect(tokensIn(constraint.mask(), 256)).toEqual([byte])
          expect(constraint.accepting).toBe(false)
          constraint.advance(byte)
        }
        const single = constraint.mark()
        constraint.rewind(before)
        for (const token of forced) constraint.advance(token)
        expect(constraint.mark()).toEqual(single)
        constraint.advance(oneOf(tokensIn(constraint.mask(), vocabulary.size), draw))
      }
    })
  })

  it('never comes to a dead end, and what it leads to fits', () => {
    fc.assert(
      fc.property(schemas, longer, fc.nat(), (schema, words, seed) => {
        const vocabulary = byteVocabulary(words)
        const grammar = compiled({ type: 'json-schema', schema }, vocabulary)
        if (!grammar) return
        const problems = validators(schema)
        for (let i = 0; i < 3; i++) {
          const { text, whole } = writeAtRandom(grammar.begin(), vocabulary, random(seed + i), {
            patience: 5 + i * 20,
            forced: i === 1,
            limit: 400,
          })
          expect(whole || JSON.stringify(schema).includes('pattern')).toBe(true)
          if (!whole) continue
          const value = JSON.parse(text)
          expect(problems(value), text).toEqual([])
          expect(keysOnce(text)).toBe(true)
        }
      }),
      { numRuns: 120, seed: 4 },
    )
  })
})

/** True when no object of a text has a key twice: as many colons behind strings as there are keys after parsing. */
function keysOnce(text: string): boolean {
  const strings = /"(?:[^"\\]|\\.)*"(: )?/g
  const written = [...text.matchAll(strings)].filter(([, colon]) => colon).length
  const count = (value: unknown): number =>
    typeof value !== 'object' || value === null
      ? 0
      : Object.values(value).reduce(
          (sum: number, inner) => sum + count(inner),
          Array.isArray(value) ? 0 : Object.keys(value).length,
        )
  return written === count(JSON.parse(text))
}

describe('choices', () => {
  it('are exactly the texts that can be written', () => {
    fc.assert(
      fc.property(choices, fc.string({ unit: fc.constantFrom(...'abé"'), maxLength: 4 }), (list, text) => {
        const constraint = compileGrammar({ type: 'choice', choices: list }, byteVocabulary()).begin()
        expect(takes(constraint, text) && constraint.accepting).toBe(list.includes(text))
      }),
      { seed: 5 },
    )
  })

  it('end at once where nothing longer is left, and may end where something is', () => {
    const constraint = compileGrammar({ type: 'choice', choices: ['a', 'ab'] }, byteVocabulary()).begin()
    expect([constraint.accepting, constraint.done]).toEqual([false, false])
    takes(constraint, 'a')
    expect([constraint.accepting, constraint.done]).toEqual([true, false])
    takes(constraint, 'b')
    expect([constraint.accepting, constraint.done]).toEqual([true, true])
    expect(() => compileGrammar({ type: 'choice', choices: [] }, byteVocabulary())).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    )
  })
})

describe('forced tokens', () => {
  const schema = {
    type: 'object',
    properties: { order: { type: 'integer' }, orderId: { type: 'integer' } },
    required: ['orderId'],
    additionalProperties: false,
  }

  it('stop before a token that could span the end of what is forced', () => {
    const words = ['{"', 'order', 'orderId', '": ', 'Id']
    const both = byteVocabulary(words)
    const at = (vocabulary: Vocabulary) =>
      textOf(vocabulary, compileGrammar({ type: 'json-schema', schema }, vocabulary).begin().forced())
    expect(at(both)).toBe('{"')
    expect(at(byteVocabulary(['{"', 'order', 'Id']))).toBe('{"order')
  })

  it('are none within a character, and whole characters otherwise', () => {
    const vocabulary = byteVocabulary()
    const constraint = compileGrammar({ type: 'choice', choices: ['xé', 'xè'] }, vocabulary).begin()
    expect(textOf(vocabulary, constraint.forced())).toBe('x')
    const one = compileGrammar({ type: 'choice', choices: ['📎'] }, vocabulary).begin()
    one.advance(0xf0)
    expect(one.forced()).toEqual([])
  })

  it('are none when the tokenizer writes something else than the bytes', () => {
    const vocabulary: Vocabulary = { ...byteVocabulary(), encode: () => [32, 120] }
    expect(
      compileGrammar({ type: 'choice', choices: ['x'] }, vocabulary)
        .begin()
        .forced(),
    ).toEqual([])
  })
})

describe('a constraint', () => {
  const vocabulary = byteVocabulary()
  const end = [...vocabulary.ends][0] as number

  it('refuses a token that is not allowed and stays where it is', () => {
    const constraint = compileGrammar({ type: 'choice', choices: ['ab'] }, vocabulary).begin()
    for (const token of [98, end, -1, 9_999, 1.5])
      expect(() => constraint.advance(token)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(takes(constraint, 'ab')).toBe(true)
    constraint.advance(end)
    expect([constraint.done, constraint.accepting]).toEqual([true, true])
    expect(() => constraint.advance(end)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(tokensIn(constraint.mask(), vocabulary.size)).toEqual([end])
  })

  it('says so when the vocabulary has no token for what must come', () => {
    const poor: Vocabulary = {
      size: 3,
      bytes: (token) => Uint8Array.of(97 + token),
      ends: new Set([2]),
      encode: () => [],
    }
    const constraint = compileGrammar({ type: 'choice', choices: ['ax'] }, poor).begin()
    constraint.advance(0)
    expect(() => constraint.mask()).toThrow(expect.objectContaining({ code: 'unsupported' }))
    expect(() => compileGrammar({ type: 'json' }, { ...poor, bytes: () => new Uint8Array(0) })).toThrow(
      expect.objectContaining({ code: 'config' }),
    )
  })

  it('shares a state between sequences: equal texts have one mask', () => {
    const grammar = compileGrammar({ type: 'json' }, vocabulary)
    const [one, other] = [grammar.begin(), grammar.begin()]
    for (const constraint of [one, other]) takes(constraint, '{"a": [1, "b"')
    expect(one.mask()).toBe(other.mask())
  })
})
