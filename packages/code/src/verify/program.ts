import type { CodeFile, Json } from '@anymodel/core'
import { unsafePath } from '../edit/path-safety.ts'
import type { TestProgram } from './code-tests.ts'

/** A program for the sandbox. */
export interface Program {
  readonly files: readonly CodeFile[]
  readonly entry: string
}

/** Code as a model wrote it: its main piece and the other files of its answer. */
export interface Candidate {
  readonly code: string
  readonly files: readonly CodeFile[]
}

/** How programs of a language are put together around code that nobody trusts. They write records, each on a line that begins with `mark`, which no program foresees. */
export interface Assembly {
  /** Runs tests on the code: a record `{ name, passed, message? }` for each named test, and `{ done: true }` at the end. */
  readonly tests: (code: Candidate, tests: TestProgram, mark: string) => Program
  /** Calls a function of the code with each list of arguments: records `{ index, value }` or `{ index, error, message }`, and `{ done: true }`. */
  readonly calls: (code: Candidate, entryPoint: string, inputs: readonly (readonly Json[])[], mark: string) => Program
  /** The code as a program that reads standard input. */
  readonly script: (code: Candidate) => Program
}

/** Files with the other files of an answer, as far as their place is free and safe: what a model names can't break a run. */
export function beside(code: Candidate, taken: readonly CodeFile[]): CodeFile[] {
  const all = [...taken]
  for (const file of code.files.slice(0, 100)) {
    const collides = all.some(
      ({ path }) => path === file.path || path.startsWith(`${file.path}/`) || file.path.startsWith(`${path}/`),
    )
    if (file.text !== code.code && !collides && unsafePath(file.path) === undefined) all.push(file)
  }
  return all
}
