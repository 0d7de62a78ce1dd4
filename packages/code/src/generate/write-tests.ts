import { AnyModelError, type CodeFile } from '@anymodel/core'
import { checkedText } from '../checked-text.ts'
import { type GenerateCodeOptions, type GeneratedCode, generateCode } from './generate-code.ts'

export interface WriteTestsOptions extends Omit<GenerateCodeOptions, 'instruction' | 'context'> {
  /** The code under test, and what it needs. */
  readonly files: readonly CodeFile[]
  /** Such as `vitest`, `node:test` or `pytest`. */
  readonly framework: string
  /** What to test. Default: what the code promises, at its edges too. */
  readonly instruction?: string
}

/** Writes tests for files. The tests are in `files` of the result, each with a path; they were not run. Rejects with `invalid-output` when the model gives none. */
export async function writeTests({
  files,
  framework,
  instruction,
  ...options
}: WriteTestsOptions): Promise<GeneratedCode> {
  checkedText('framework', framework)
  if (!Array.isArray(files) || files.length === 0)
    throw new AnyModelError('invalid-argument', 'files must be an array of { path, text } that is not empty.')
  const task = `Write tests for these files with ${framework}. Test what the code promises to its callers, the edges (empty, one, many, the largest, malformed input) and its errors; name each test by the behaviour it checks; use no network, no clock and no chance. A test that can't fail is no test. Give each test file a path next to the file that it tests. Don't repeat the files themselves.`
  const result = await generateCode({
    ...options,
    context: files,
    instruction: instruction === undefined ? task : `${task}\n\n${instruction}`,
  })
  const given = new Set(files.map(({ path }) => path))
  const tests = result.files.filter(({ path }) => !given.has(path))
  if (tests.length === 0)
    throw new AnyModelError(
      'invalid-output',
      'The answer has no test file with a path. Name the file that you want in instruction.',
      {
        partial: { text: result.text, toolCalls: [] },
      },
    )
  return { ...result, files: tests }
}
