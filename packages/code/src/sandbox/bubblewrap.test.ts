import { testSandbox } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { bubblewrapSandbox } from './bubblewrap.ts'

const sandbox = await bubblewrapSandbox().catch((error: Error) => error)

if (sandbox instanceof Error) test.skip(`Bubblewrap: ${sandbox.message}`, () => {})
else {
  afterAll(() => sandbox.close())
  testSandbox({ describe, test, sandbox })
}
