import { AnyModelError } from '@anymodel/core'
import { checkedText } from '../checked-text.ts'
import type { CodeTests, TestCases, TestInput } from './code-tests.ts'

/** Throws `invalid-argument` with that text. */
export const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

export const isCases = (tests: CodeTests | undefined): tests is TestCases =>
  typeof tests === 'object' && tests !== null && 'cases' in tests

const identifier = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/

/** It becomes part of a program: throws `invalid-argument` unless it is a name. */
export function checkEntryPoint(name: string | undefined): void {
  if (name !== undefined && (typeof name !== 'string' || !identifier.test(name)))
    wrong('entryPoint must be the name of a function.')
}

/** Throws `invalid-argument` for tests that can't be. */
export function checkTests(tests: CodeTests): void {
  if (!isCases(tests)) return checkedText('tests', typeof tests === 'string' ? tests : tests?.text)
  const { cases, entryPoint } = tests
  checkEntryPoint(entryPoint)
  if (!Array.isArray(cases) || cases.length === 0)
    wrong('tests.cases must be a list of { input, output } that is not empty.')
  const kind = entryPoint === undefined ? 'a text, or give entryPoint' : 'the list of arguments'
  for (const [index, test] of cases.entries()) {
    const fits = entryPoint === undefined ? typeof test?.input === 'string' : Array.isArray(test?.input)
    if (!fits || test.output === undefined) wrong(`tests.cases[${index}] must be { input, output }, its input ${kind}.`)
  }
}

/** Throws `invalid-argument` for inputs that can't be. */
export function checkInputs(inputs: readonly TestInput[]): void {
  const kindOf = (input: TestInput) => (Array.isArray(input) ? 'list' : typeof input)
  const kinds = new Set(Array.isArray(inputs) ? inputs.map(kindOf) : [])
  if (kinds.size !== 1 || !(kinds.has('list') || kinds.has('string')))
    wrong('inputs must be lists of arguments, or texts; at least one, and all of one kind.')
}
