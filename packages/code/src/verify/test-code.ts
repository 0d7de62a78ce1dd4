import type { CodeFile, Sandbox, SandboxLimits } from '@anymodel/core'
import { checkedText } from '../checked-text.ts'
import { languageName } from '../language-name.ts'
import { checkTests } from './check-tests.ts'
import type { CodeTests, TestReport } from './code-tests.ts'
import { runTests } from './run-tests.ts'

export interface TestCodeOptions {
  readonly code: string
  /** Other files that it needs. */
  readonly files?: readonly CodeFile[]
  readonly tests: CodeTests
  /** `javascript`, `typescript` or `python`. */
  readonly language: string
  /** Default: `defaultSandbox(language)`, closed afterwards. */
  readonly sandbox?: Sandbox
  readonly limits?: SandboxLimits
  readonly signal?: AbortSignal
}

/** Runs tests on code in a sandbox. Code that fails is a report, not an error. Rejects with `invalid-argument` or `unsupported`, or with the signal's reason. */
export async function testCode({ code, files = [], tests, ...options }: TestCodeOptions): Promise<TestReport> {
  checkedText('language', options.language)
  checkTests(tests)
  const language = languageName(options.language)
  const sandbox = options.sandbox ?? (await (await import('../sandbox/default.ts')).defaultSandbox(language))
  try {
    return await runTests({ code, files }, tests, { ...options, sandbox, language })
  } finally {
    if (options.sandbox === undefined) await sandbox.close()
  }
}
