import { describe, expect, it } from 'vitest'
import { problemsOf, readPackages } from '../scripts/check-architecture.mjs'

const { files, manifests } = readPackages()
const problemsIn = (path: string, text: string) => problemsOf([{ path, text }], manifests)

describe('the architecture', () => {
  it('is followed by every file of every package', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(problemsOf(files, manifests)).toEqual([])
  })

  it.each([
    ['core imports no sibling', 'packages/core/src/x.ts', `import { groq } from '@anymodel/providers/groq'`],
    ['providers import no local engine', 'packages/providers/src/x.ts', `import { onnx } from '@anymodel/onnx'`],
    ['a package is imported by name', 'packages/onnx/src/x.ts', `export * from '../../core/src/index.ts'`],
    ['what is imported is declared', 'packages/core/src/x.ts', `const { z } = await import('zod')`],
    ['the contract imports no code', 'packages/core/src/contract/x.ts', `import { AnyModelError } from '../errors.ts'`],
    ['the contract knows no verbs', 'packages/core/src/contract/x.ts', `import type { run } from '../generate/run.ts'`],
    ['protocols open no connection', 'packages/providers/src/protocols/x/y.ts', `import { connect } from 'node:net'`],
    ['protocols send nothing', 'packages/providers/src/protocols/x/y.ts', `const reply = await fetch(url)`],
    ['protocols hold no clock', 'packages/providers/src/protocols/x/y.ts', `const now = Date.now()`],
    ['only core/http travels', 'packages/core/src/generate/x.ts', `import { request } from 'undici'`],
  ])('%s', (_, path, text) => {
    const [problem, ...more] = problemsIn(path, text)
    expect(more).toEqual([])
    expect(problem).toMatch(/^packages\/.*: .+\.$/)
  })

  it.each([
    [
      'types of errors in the contract',
      'packages/core/src/contract/x.ts',
      `import type { ErrorCode } from '../errors.ts'`,
    ],
    ['built-in modules', 'packages/core/src/x.ts', `import { fileURLToPath } from 'node:url'`],
    ['samples in comments', 'packages/core/src/x.ts', `/** import { openai } from '@anymodel/providers/openai' */`],
    ['what tests need', 'packages/providers/src/x.test.ts', `import { mockModel } from '@anymodel/testing'`],
  ])('allows %s', (_, path, text) => {
    expect(problemsIn(path, text)).toEqual([])
  })
})
