import { testSandbox } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { processSandbox } from './process.ts'

const sandbox = await processSandbox()
afterAll(() => sandbox.close())
testSandbox({ describe, test, sandbox })
