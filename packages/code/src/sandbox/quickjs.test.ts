import { testSandbox } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { quickjsSandbox } from './quickjs.ts'

const sandbox = await quickjsSandbox()
afterAll(() => sandbox.close())
testSandbox({ describe, test, sandbox })
