import { expect, onTestFinished, test } from 'vitest'
import { processSandbox } from '../sandbox/process.ts'
import { quickjsSandbox } from '../sandbox/quickjs.ts'
import { bareSandbox } from '../testing/bare-sandbox.ts'
import type { CodeTests } from './code-tests.ts'
import { runTests } from './run-tests.ts'

const bench = (language: string) => ({ sandbox: bareSandbox(), language, limits: { timeMs: 5_000 } })
const run = (language: string, code: string, tests: CodeTests) => runTests({ code, files: [] }, tests, bench(language))

const right: Readonly<Record<string, string>> = {
  'a function': 'function add(a, b) { return a + b }',
  'an arrow': 'const add = (a, b) => a + b',
  'a module': 'export const add = (a, b) => a + b',
  'a default export': 'export default function add(a, b) { return a + b }',
  CommonJS: "'use strict'\nconst add = (a, b) => a + b\nmodule.exports = { add }",
}
const nodeTests = `import { test } from 'node:test'
import assert from 'node:assert'
test('small', () => assert.equal(add(1, 2), 3))
test('negative', async () => assert.equal(add(-1, -2), -3))`
const script = `const assert = require('assert')
assert.equal(add(1, 2), 3)
assert.equal(add(-1, -2), -3)`
const cases = {
  entryPoint: 'add',
  cases: [
    { input: [1, 2], output: 3 },
    { input: [0.1, 0.2], output: 0.3 },
  ],
}

test.each(
  Object.keys(right).flatMap(
    (name) =>
      [
        [name, 'node:test', nodeTests, 2],
        [name, 'a script', script, 1],
        [name, 'cases', cases, 2],
      ] as const,
  ),
)('JavaScript as %s passes %s', async (name, _, tests, count) => {
  const report = await run('javascript', right[name] as string, tests)
  expect(report).toMatchObject({ passed: true })
  expect(report.tests.length).toBe(count)
})

test.each([
  ['node:test', nodeTests, ['small', 'negative']],
  ['a script', script, ['tests']],
  ['cases', cases, ['case 1', 'case 2']],
] as const)('a wrong answer fails %s and says how', async (_, tests, names) => {
  const report = await run('javascript', 'const add = (a, b) => a - b', tests)
  expect(report.passed).toBe(false)
  expect(report.tests.map(({ name }) => name)).toEqual(names)
  expect(report.failure).toContain('-1')
})

test('tests that import the solution find it under the name they use', async () => {
  const tests = `import { add } from './solution.js'\nimport assert from 'node:assert'\nassert.equal(add(1, 2), 3)`
  expect(await run('javascript', right['a module'] as string, tests)).toMatchObject({ passed: true })
  expect(await run('javascript', right.CommonJS as string, tests)).toMatchObject({ passed: true })
  const required = `const { add } = require('./solution')\nrequire('assert').equal(add(1, 2), 3)`
  expect(await run('javascript', right.CommonJS as string, required)).toMatchObject({ passed: true })
})

test.each([
  ['leaves early', 'process.exit(0)'],
  ['never ends', 'while (true) {}'],
  ['does not parse', 'const add = ('],
  ['throws', 'throw new Error("no")'],
  ['waits for ever', 'export {}; await new Promise(() => {})'],
])('a program that %s does not pass', async (_, code) => {
  const short = { ...bench('javascript'), limits: { timeMs: 800 } }
  const files = { code: `const add = (a, b) => a + b\n${code}`, files: [] }
  const reports = await Promise.all([nodeTests, script, cases].map((tests) => runTests(files, tests, short)))
  for (const { passed, failure } of reports) {
    expect(passed).toBe(false)
    expect(failure).not.toBe('')
  }
})

const python = 'def add(a, b):\n    return a + b\n'
const wrong = 'def add(a, b):\n    return a - b\n'
const unittests = `import unittest
from solution import add
class Add(unittest.TestCase):
    def test_small(self):
        self.assertEqual(add(1, 2), 3)
    def test_many(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertEqual(add(n, 0), n)
if __name__ == "__main__":
    unittest.main()`
test.each([
  ['asserts', 'assert add(1, 2) == 3', 1],
  ['functions', 'def test_small():\n    assert add(1, 2) == 3\ndef test_zero():\n    assert add(1, 0) == 1', 2],
  ['unittest', unittests, 2],
  ['cases', cases, 2],
] as const)('Python passes %s, or not', async (_, tests, count) => {
  const passed = await run('python', python, tests)
  expect(passed).toMatchObject({ passed: true })
  expect(passed.tests.length).toBe(count)
  const failed = await run('python', wrong, tests)
  expect(failed.passed).toBe(false)
  expect(failed.failure).toMatch(/assert|-1/i)
  expect(await run('python', `${python}import sys\nsys.exit(0)`, tests)).toMatchObject({ passed: false })
})

test('a program is tested by what it writes for an input', async () => {
  const tests = {
    cases: [
      { input: '1 2', output: '3' },
      { input: '4 5', output: '9\n' },
    ],
  }
  const program = 'const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number)\nconsole.log(a + b)'
  expect(await run('javascript', program, tests)).toMatchObject({ passed: true })
  expect(await run('python', 'a, b = map(int, input().split())\nprint(a + b, "")', tests)).toMatchObject({
    passed: true,
  })
  expect((await run('python', 'print(3)', tests)).failure).toContain('case 2: For 4 5 it gave "3\\n", not "9\\n"')
})

test('a case that never ends leaves what was before it', async () => {
  const report = await runTests({ code: 'const add = (a, b) => { while (a < 1); return a + b }', files: [] }, cases, {
    ...bench('javascript'),
    limits: { timeMs: 800 },
  })
  expect(report.tests).toMatchObject([
    { passed: true },
    { passed: false, message: expect.stringContaining('too long') },
  ])
})

test('what JSON has no words for is never taken for a value that was asked for', async () => {
  const asked = (output: null | number) => ({ entryPoint: 'f', cases: [{ input: [], output }] })
  expect(await run('javascript', 'const f = () => NaN', asked(null))).toMatchObject({ passed: false })
  expect(await run('javascript', 'const f = () => 1n', asked(1))).toMatchObject({ passed: false })
  expect(await run('python', 'def f():\n    return float("nan")', asked(null))).toMatchObject({ passed: false })
})

test('a function that is asynchronous, or missing, is called all the same', async () => {
  const asked = { entryPoint: 'f', cases: [{ input: [2], output: 4 }] }
  expect(await run('javascript', 'const f = async (n) => n * 2', asked)).toMatchObject({ passed: true })
  expect(await run('python', 'async def f(n):\n    return n * 2', asked)).toMatchObject({ passed: true })
  expect((await run('javascript', 'const g = 1', asked)).failure).toContain('There is no function f.')
  expect((await run('python', 'g = 1', asked)).failure).toContain("has no attribute 'f'")
})

test('the expected outputs are not in the sandbox', async () => {
  const sandbox = bareSandbox()
  await runTests(
    { code: 'const f = () => 1', files: [] },
    { entryPoint: 'f', cases: [{ input: [], output: 'hush' }] },
    { sandbox, language: 'javascript' },
  )
  expect(JSON.stringify(sandbox.runs)).not.toContain('hush')
})

test('TypeScript is tested like JavaScript, its types taken away by the sandbox', async () => {
  const sandbox = await processSandbox()
  onTestFinished(() => sandbox.close())
  const code = 'export const add = (a: number, b: number): number => a + b'
  const imported = `import { add } from './solution.js'\nimport assert from 'node:assert'\nassert.equal(add(1, 2) as number, 3)`
  const [hooked, scripted, called, byImport] = await Promise.all(
    [nodeTests, script, cases, imported].map((tests) =>
      runTests({ code, files: [] }, tests, { sandbox, language: 'typescript' }),
    ),
  )
  expect([hooked, scripted, called, byImport]).toMatchObject(Array(4).fill({ passed: true }))
  const wrong = await runTests({ code: 'export const add = (a: number) => a', files: [] }, imported, {
    sandbox,
    language: 'typescript',
  })
  expect(wrong.failure).toMatch(/1 == 3/)
  expect(wrong.failure).not.toContain('/tmp')
})

test('cases and plain scripts need nothing of Node', async () => {
  const sandbox = await quickjsSandbox()
  onTestFinished(() => sandbox.close())
  const inQuickjs = (code: string, tests: CodeTests) =>
    runTests({ code, files: [] }, tests, { sandbox, language: 'javascript' })
  const thrower = 'if (add(1, 2) !== 3) throw new Error("no: " + add(1, 2))'
  for (const code of Object.values(right)) {
    expect(await inQuickjs(code, cases)).toMatchObject({ passed: true })
    expect(await inQuickjs(code, thrower)).toMatchObject({ passed: true })
  }
  expect((await inQuickjs('const add = () => 7', thrower)).failure).toContain('no: 7')
})
