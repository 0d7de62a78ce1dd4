import type { CodeFile, Json } from '@anymodel/core'

/** What code is tested with: a test file as text, the same with its files, or pairs of input and output. */
export type CodeTests = string | TestProgram | TestCases

/**
 * A test file. JavaScript and TypeScript: `node:test`, or a script that throws. Python: asserts, `test_...` functions or `unittest`.
 *
 * Where it imports `solution` (`'./solution.js'`, `from solution import add`), the code stands in that file; else both are one program and the tests use the names of the code.
 */
export interface TestProgram {
  readonly text: string
  /** Files that the tests need, such as data or a module in `node_modules`. */
  readonly files?: readonly CodeFile[]
}

/** Inputs with what must come out. The outputs stay outside of the sandbox: the code can't read them. */
export interface TestCases {
  readonly cases: readonly TestCase[]
  /** The function to call, by name; `input` is then the list of its arguments. Default: the code is a program that reads standard input. */
  readonly entryPoint?: string
}

/** The list of arguments as JSON, or a text on standard input. */
export type TestInput = readonly Json[] | string

export interface TestCase {
  readonly input: TestInput
  /** What the function gives, as JSON: numbers may differ by one part in 10⁹. Or what the program writes: white space at the ends of lines and of the text doesn't count. */
  readonly output: Json
}

/** How one test went. */
export interface TestOutcome {
  readonly name: string
  readonly passed: boolean
  /** Why not. */
  readonly message?: string
}

/** What tests said about code. Plain JSON. */
export interface TestReport {
  /** All of them passed, and the program ran to its end. */
  readonly passed: boolean
  /** The tests by name, as far as the program came; a script without named tests is one. */
  readonly tests: readonly TestOutcome[]
  /** Why it did not pass: what the failed tests and the program said, at most 4,000 characters. */
  readonly failure?: string
  /** Milliseconds in the sandbox. */
  readonly durationMs: number
}
