import { testSandbox } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { pyodideSandbox } from './pyodide.ts'

const sandbox = await pyodideSandbox()
afterAll(() => sandbox.close())
testSandbox({ describe, test, sandbox })
