import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isAnyModelError } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { accepts, writeAtRandom } from '../testing/grammar/random-model.ts'
import { validators } from '../testing/grammar/validators.ts'
import { byteVocabulary, smolVocabulary } from '../testing/grammar/vocabularies.ts'
import { random } from '../text/random.ts'
import { compileGrammar, type Vocabulary } from './index.ts'

const folder = '../shared/datasets/json-schema-test-suite/tests/draft2020-12'
const there = existsSync(folder)

interface Group {
  readonly name: string
  readonly schema: unknown
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

const groupsIn = (path: string): Group[] =>
  (there ? readdirSync(`${folder}/${path}`) : [])
    .filter((name) => name.endsWith('.json'))
    .flatMap((file) =>
      (JSON.parse(readFileSync(`${folder}/${path}/${file}`, 'utf8')) as (Group & { description: string })[]).map(
        (group) => ({ ...group, name: `${path}/${file}: ${group.description}` }),
      ),
    )

const groups = ['required', 'optional', 'optional/format'].flatMap((part) => groupsIn(part === 'required' ? '.' : part))
const source = ({ schema }: Group) => ({ type: 'json-schema', schema }) as const

/** Tokens that cross the places where a grammar changes its mind. */
const vocabulary = byteVocabulary([
  '": ',
  '", "',
  '{"',
  '"}',
  'foo',
  '"foo": ',
  '1.5',
  'true',
  '  ',
  '\\u00',
  '[[',
  '", ',
  '}}',
  'a',
  '📎',
])

const supported = groups.flatMap((group) => {
  try {
    return [{ group, grammar: compileGrammar(source(group), vocabulary) }]
  } catch {
    return []
  }
})

describe.skipIf(!there)('the JSON Schema test suite, draft 2020-12 (skipped without ../shared/datasets)', () => {
  it('is supported but for these keywords, which are refused by name', ({ annotate }) => {
    const reasons: Record<string, number> = {}
    for (const group of groups) {
      const reason = refusal(group)
      if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1
    }
    expect(reasons).toEqual({
      // References to other documents are not followed.
      'another document': 23,
      // No value fits.
      nothing: 9,
      $dynamicRef: 14,
      contains: 18,
      format: 20,
      if: 15,
      multipleOf: 1,
      not: 8,
      oneOf: 8,
      unevaluatedItems: 12,
      unevaluatedProperties: 17,
      uniqueItems: 3,
      'unknown-keyword': 2,
      'unknown/keyword': 2,
    })
    expect(supported.length).toBe(309)
    return annotate(`${supported.length} of ${groups.length} schemas`)
  })

  it('never lets an invalid instance be written', () => {
    for (const { group, grammar } of supported)
      for (const { description, data, valid } of group.tests)
        if (!valid) expect(accepts(grammar.begin(), data), `${group.name}: ${description}`).toBe(false)
  })

  it('lets the valid ones be written, but for numbers of more digits than are safe and some texts of a format', ({
    annotate,
  }) => {
    const valid = supported.flatMap(({ group, grammar }) =>
      group.tests
        .filter((test) => test.valid)
        .map(({ description, data }) => ({
          name: `${group.name}: ${description}`,
          fits: accepts(grammar.begin(), data),
        })),
    )
    const narrower = valid.filter(({ fits }) => !fits).map(({ name }) => name)
    const unexpected = narrower.filter(
      (name) => !/\/format|bignum|float-overflow|vocabulary|small multiple of large integer/.test(name),
    )
    expect(unexpected).toEqual([])
    expect(narrower.length).toBe(78)
    return annotate(`${valid.length - narrower.length} of ${valid.length} valid instances can be written`)
  })

  it('is fulfilled by a random model, every time, as two validators see it', () => {
    expect(validators({ type: 'string' })(1)).toHaveLength(2)
    writeAll(
      vocabulary,
      supported.map(({ group }) => group),
      4,
    )
  })

  it('is fulfilled by a random model with the vocabulary of the built-in one', () => {
    writeAll(
      smolVocabulary(),
      supported.map(({ group }) => group).filter((_, i) => i % 12 === 0),
      2,
    )
  })
})

/** Why a schema is refused; `undefined` when it isn't. */
function refusal(group: Group): string | undefined {
  try {
    compileGrammar(source(group), vocabulary)
    return undefined
  } catch (error) {
    if (!isAnyModelError(error)) throw error
    if (error.code === 'unsupported') return /^"(.*?)" at|^(multipleOf)/.exec(error.message)?.slice(1).find(Boolean)
    return error.message.startsWith('No value fits') ? 'nothing' : 'another document'
  }
}

/** A word that the text must contain is found by chance only. */
const needsLuck = /pattern/i

function writeAll(vocabulary: Vocabulary, chosen: readonly Group[], documents: number): void {
  for (const group of chosen) {
    const grammar = compileGrammar(source(group), vocabulary)
    const problems = validators(group.schema)
    for (let seed = 0; seed < documents; seed++) {
      const options = { forced: seed % 2 === 1, patience: 2 + seed * 9, limit: 300 }
      const { text, whole } = writeAtRandom(grammar.begin(), vocabulary, random(seed), options)
      if (whole) expect(problems(JSON.parse(text)), `${group.name}: ${text}`).toEqual([])
      else expect(group.name).toMatch(needsLuck)
    }
  }
}
