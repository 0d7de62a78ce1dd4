import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testFolder } from '../../testing/config-file.ts'
import { runCli } from '../../testing/run-cli.ts'

// Each test starts several processes.
vi.setConfig({ testTimeout: 60_000 })

let server: ModelServer
beforeAll(async () => {
  server = await modelServer()
})
afterAll(() => server.close())

function project() {
  const cwd = testFolder()
  const files = {
    'anymodel.config.yaml': `providers: { groq: { apiKey: test, baseURL: "${server.url}/v1" } }\nmodels: { code: groq/a }\n`,
    'task.md': 'Write a function add(a, b) that adds two numbers.\n',
    'tests.mjs': `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { add } from './solution.mjs'
test('adds', () => assert.equal(add(1, 2), 3))
test('adds zero', () => assert.equal(add(0, 0), 0))
`,
    'cases.json': JSON.stringify({ entryPoint: 'add', cases: [{ input: [1, 2], output: 3 }] }),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return {
    path: (name: string) => join(cwd, name),
    run: (args: string[], more: object = {}) => runCli(['code', 'solve', 'task.md', ...args], { cwd, ...more }),
  }
}

const written = (body: string) => `\`\`\`js\nexport const add = (a, b) => ${body}\n\`\`\``
const usage = [{ type: 'finish', usage: { input: 10, output: 5 } }] as const
const answer = (body: string) => [{ type: 'text', text: written(body) } as const, ...usage]

test('tries until something passes, shows the evidence, and writes what passed', async () => {
  const { run, path } = project()
  server.reply(answer('a - b'), answer('a + b'))
  const { code, out, err } = await run(['--tests', 'tests.mjs', '--samples', '1', '-o', 'add.js'])
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(readFileSync(path('add.js'), 'utf8')).toBe('export const add = (a, b) => a + b\n')
  expect(err).toContain('passes 1 of 2 tests')
  expect(err).toContain('1 go back with what went wrong')
  expect(err).toMatch(/^ {2}\* {2}2 {2}repair 1 {2}groq\/a .*passes all 2 tests$/m)
  expect(err).toContain('Passed.')
  expect(err).toContain('Wrote add.js.')
})

test('fails honestly: exit code 1, the reason, and no file', async () => {
  const { run, path } = project()
  server.reply(answer('a - b'))
  const args = ['--tests', 'cases.json', '--samples', '2', '--repairs', '0']
  const { code, err } = await run([...args, '-o', 'add.js'])
  expect(code).toBe(1)
  expect(err).toContain('Not passed: ')
  expect(err).toContain('add.js was not written.')
  expect(existsSync(path('add.js'))).toBe(false)
  const told = await run([...args, '--language', 'js', '--json', '--also', 'groq/b'])
  expect(told.code).toBe(1)
  const result = JSON.parse(told.out)
  expect(result).toMatchObject({ passed: false, evidence: { stopped: 'samples', passAtK: { 1: 0, 2: 0 } } })
  expect(result.evidence.attempts.map(({ model }: { model: string }) => model)).toEqual(['groq/a', 'groq/b'])
})

test('Ctrl-C ends it, and wrong usage is told before any model is asked', async () => {
  const { run, path } = project()
  const asked = server.requests.length
  expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining('--language') })
  expect(await run(['--tests', 'task.md', '--time', 'soon'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('90s'),
  })
  writeFileSync(path('binary.js'), Uint8Array.of(0xff, 0xfe, 0x00))
  expect(await run(['--tests', 'binary.js'])).toMatchObject({ code: 2, err: expect.stringContaining('no text') })
  expect(server.requests).toHaveLength(asked)
  let isDone = false
  server.reply(answer('a - b'), { silentAfter: 'request' })
  const { code } = await run(['--tests', 'tests.mjs', '--samples', '2', '-o', 'add.js'], {
    onError: (err: string, child: { kill(signal: string): boolean }) => {
      if (!isDone && err.includes('Attempt 1')) isDone = child.kill('SIGINT')
    },
  })
  expect(code).toBe(130)
  expect(existsSync(path('add.js'))).toBe(false)
})
