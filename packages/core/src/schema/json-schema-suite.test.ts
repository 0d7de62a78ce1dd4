import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileSchema } from './validate.ts'

const folder = '../shared/datasets/json-schema-test-suite/tests/draft2020-12'
const there = existsSync(folder)

interface Group {
  readonly description: string
  readonly schema: boolean | Record<string, unknown>
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

type Outcome = 'right' | 'wrong' | 'refused'

/** What each test of a file comes to. Only references to other documents may be refused. */
function outcomes(file: string): { readonly name: string; readonly outcome: Outcome }[] {
  const groups = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Group[]
  return groups.flatMap(({ schema, tests, description }) => {
    const named = (outcome: (test: Group['tests'][number]) => Outcome) =>
      tests.map((test) => ({ name: `${file}: ${description}: ${test.description}`, outcome: outcome(test) }))
    try {
      const issuesOf = compileSchema(typeof schema === 'boolean' ? { allOf: [schema] } : schema)
      return named(({ data, valid }) => ((issuesOf(data).length === 0) === valid ? 'right' : 'wrong'))
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('Schemas are not fetched'),
      })
      return named(() => 'refused')
    }
  })
}

/** What is not supported, by keyword, and how many tests of the suite need it. */
const unsupported = {
  '$ref, $dynamicRef to another document': {
    reason: 'nothing is fetched: refused with an error',
    required: 48,
    optional: 1,
  },
  '$schema with $vocabulary': {
    reason: 'custom meta-schemas are other documents; all vocabularies apply',
    required: 1,
    optional: 0,
  },
  format: { reason: 'an annotation, as the specification has it by default', required: 0, optional: 2 },
  'multipleOf beyond the range of doubles': { reason: 'the quotient overflows', required: 0, optional: 1 },
}
const sum = (which: 'required' | 'optional') => Object.values(unsupported).reduce((total, row) => total + row[which], 0)

describe.skipIf(!there)('the JSON Schema test suite, draft 2020-12 (skipped without ../shared/datasets)', () => {
  const filesIn = (path: string) =>
    there ? readdirSync(`${folder}/${path}`).filter((name) => name.endsWith('.json')) : []
  const list = (which: readonly { name: string; outcome: Outcome }[], outcome: Outcome) =>
    which.filter((one) => one.outcome === outcome).map(({ name }) => name)

  it('passes every required test but those that need other documents', ({ annotate }) => {
    const all = filesIn('').flatMap(outcomes)
    expect(list(all, 'wrong')).toEqual([
      'vocabulary.json: schema that uses custom metaschema with with no validation vocabulary: no validation: invalid number, but it still validates',
    ])
    expect(list(all, 'refused').filter((name) => !/^(?:refRemote|ref|dynamicRef|defs)\.json/.test(name))).toEqual([])
    const right = list(all, 'right').length
    expect(all.length - right).toBe(sum('required'))
    return annotate(`${right} of ${all.length} required tests pass`)
  })

  it('passes the optional tests but for what is listed', ({ annotate }) => {
    const all = filesIn('optional')
      .map((name) => `optional/${name}`)
      .flatMap(outcomes)
    expect(list(all, 'wrong').map((name) => name.split(':')[0])).toEqual([
      'optional/float-overflow.json',
      'optional/format-assertion.json',
      'optional/format-assertion.json',
    ])
    const right = list(all, 'right').length
    expect(all.length - right).toBe(sum('optional'))
    return annotate(`${right} of ${all.length} optional tests pass`)
  })
})
