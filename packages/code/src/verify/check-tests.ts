import { AnyModelError } from '@anymodel/core'
import { checkedText } from '../checked-text.ts'
import { checkPath } from '../edit/path-safety.ts'
import type { CodeTests, TestCases, TestInput, TestProgram } from './code-tests.ts'

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
  if (typeof tests === 'string' || tests === null) return checkedText('tests', tests)
  if (!isCases(tests)) return checkProgram(tests)
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

/** What programs are put together of. */
const taken = /^(?:(?:main|program|solution|solution[._]tests?)\.[cm]?(?:[jt]s|py)|package\.json)$/

function checkProgram({ text, files = [] }: TestProgram): void {
  checkedText('tests.text', text)
  if (!Array.isArray(files)) wrong('tests.files must be an array of { path, text }.')
  for (const file of files) {
    if (typeof file?.path !== 'string' || typeof file.text !== 'string')
      wrong('tests.files must be an array of { path, text }.')
    checkPath(file.path)
    if (taken.test(file.path))
      wrong(`tests.files has ${file.path}, a name that programs are put together with. Give it another.`)
  }
  if (new Set(files.map(({ path }) => path)).size < files.length) wrong('tests.files has a path twice.')
}

/** Throws `invalid-argument` for inputs that can't be. */
export function checkInputs(inputs: readonly TestInput[]): void {
  const kindOf = (input: TestInput) => (Array.isArray(input) ? 'list' : typeof input)
  const kinds = new Set(Array.isArray(inputs) ? inputs.map(kindOf) : [])
  if (kinds.size !== 1 || !(kinds.has('list') || kinds.has('string')))
    wrong('inputs must be lists of arguments, or texts; at least one, and all of one kind.')
}
