import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox, SandboxRun } from '@anymodel/core'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { bubblewrapSandbox } from './bubblewrap.ts'
import { defaultSandbox } from './default.ts'
import { processSandbox } from './process.ts'
import { pyodideSandbox } from './pyodide.ts'
import { quickjsSandbox } from './quickjs.ts'

const sandboxes = (
  await Promise.all(
    [processSandbox, quickjsSandbox, pyodideSandbox, bubblewrapSandbox].map((make) => make().catch(() => undefined)),
  )
).filter((sandbox) => sandbox !== undefined)
afterAll(() => Promise.all(sandboxes.map((sandbox) => sandbox.close())))

const limits = { timeMs: 20_000 }
const javascript = (text: string, more: Partial<SandboxRun> = {}): SandboxRun => ({
  language: 'javascript',
  files: [{ path: 'main.js', text }],
  entry: 'main.js',
  limits,
  ...more,
})
const python = (text: string, more: Partial<SandboxRun> = {}): SandboxRun => ({
  language: 'python',
  files: [{ path: 'main.py', text }],
  entry: 'main.py',
  limits,
  ...more,
})
const forLanguage = (language: string) => sandboxes.filter(({ languages }) => languages.includes(language))

describe.each(forLanguage('javascript'))('JavaScript in $name', (sandbox) => {
  it('has its arguments, its input and its files, and its output comes apart', async () => {
    const text = `const { readFileSync } = require('fs')
console.log(process.argv.slice(2).join(), readFileSync(0, 'utf8'), require('./lib/double.cjs')(21))
console.error('é')
process.exitCode = 3`
    const files = [
      { path: 'main.cjs', text },
      { path: 'lib/double.cjs', text: 'module.exports = (x) => 2 * x' },
    ]
    const result = await sandbox.run(javascript('', { files, entry: 'main.cjs', args: ['a b', "'"], stdin: 'input' }))
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 3, stdout: "a b,' input 42\n", stderr: 'é\n' })
    expect(result.durationMs).toBeGreaterThan(0)
  })

  it('runs modules that wait and import', async () => {
    const text = `import { double } from './double.mjs'
await new Promise((resolve) => setTimeout(resolve, 5))
console.log(double(21), (await import('./double.mjs')).double(1))`
    const files = [
      { path: 'main.js', text },
      { path: 'double.mjs', text: 'export const double = (x) => 2 * x' },
    ]
    expect(await sandbox.run(javascript('', { files }))).toMatchObject({ exitCode: 0, stdout: '42 2\n', stderr: '' })
  })

  it('runs TypeScript, whose files are imported by any of their names', async () => {
    const text = `import { Colour } from '../colour'
import { two } from '../two.js'
const { three } = await import('../three.ts')
console.log(Colour.red satisfies number, two, three, "from '../three.ts'")`
    const files = [
      { path: 'src/main.ts', text },
      { path: 'colour.ts', text: 'export enum Colour { red = 1 }' },
      { path: 'two.ts', text: 'export const two: number = 2 as number' },
      { path: 'three.ts', text: 'export type T = 3; export const three: T = 3' },
    ]
    const result = await sandbox.run({ language: 'typescript', files, entry: 'src/main.ts', limits })
    expect(result).toMatchObject({ exitCode: 0, stdout: "1 2 3 from '../three.ts'\n", stderr: '' })
  })

  it('runs a file whose name looks like an option', async () => {
    const files = [{ path: '-e.cjs', text: 'console.log(process.argv.slice(2))' }]
    const result = await sandbox.run(javascript('', { files, entry: '-e.cjs', args: ['-p'] }))
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\[ ['"]-p['"] \]\n$/) })
  })

  it('says where TypeScript can not be read', async () => {
    const files = [{ path: 'main.ts', text: 'const a: = 3' }]
    const result = await sandbox.run({ language: 'typescript', files, entry: 'main.ts' })
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 1, stdout: '' })
    expect(result.stderr).toContain('main.ts')
  })

  it('says what an error was, and where', async () => {
    const result = await sandbox.run(javascript("console.log('first')\nnull.second"))
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 1, stdout: 'first\n' })
    expect(result.stderr).toMatch(/TypeError.*main\.js:2|main\.js:2.*TypeError/s)
  })

  it('keeps what was written before the time was over', async () => {
    const result = await sandbox.run(
      javascript("console.log('first'); setTimeout(() => { for (;;); }, 10)", { limits: { timeMs: 1_000 } }),
    )
    expect(result).toMatchObject({ outcome: 'timeout', stdout: 'first\n' })
    expect(result.exitCode).toBeUndefined()
  })

  it('keeps output up to its limit, and all of what is shorter', async () => {
    const text = "console.log('x'.repeat(300_000)); process.exit(0)"
    expect((await sandbox.run(javascript(text))).stdout).toHaveLength(300_001)
    const cut = await sandbox.run(javascript(text, { limits: { ...limits, outputBytes: 1_000 } }))
    expect(cut).toMatchObject({ outcome: 'output', stdout: 'x'.repeat(1_000) })
  })

  it('says when memory ran out', async () => {
    const text = 'const all = []; for (;;) all.push(new Uint8Array(2 ** 22).fill(1))'
    const result = await sandbox.run(javascript(text, { limits: { ...limits, memoryBytes: 32 << 20 } }))
    expect(result.outcome).toBe('memory')
  })
})

describe.each(forLanguage('python'))('Python in $name', (sandbox) => {
  it('has its arguments, its input and its files, and its output comes apart', async () => {
    const text = `import sys
from lib.double import double
print(sys.argv[1:], sys.stdin.read(), double(21), __name__)
print('é', file=sys.stderr)
open('written', 'w').write('in its own folder')
sys.exit(3)`
    const files = [
      { path: 'main.py', text },
      { path: 'lib/double.py', text: 'def double(x): return 2 * x' },
    ]
    const result = await sandbox.run(python('', { files, args: ['a b', "'"], stdin: 'input' }))
    const stdout = `['a b', "'"] input 42 __main__\n`
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 3, stdout, stderr: 'é\n' })
  })

  it('says what an error was, and where', async () => {
    const result = await sandbox.run(python("print('first')\nNone.second"))
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 1, stdout: 'first\n' })
    expect(result.stderr).toMatch(/main\.py", line 2.*AttributeError/s)
  })

  it('says when memory ran out', async () => {
    const text = 'all = []\nwhile True: all.append(bytearray(1 << 24))'
    const result = await sandbox.run(python(text, { limits: { ...limits, memoryBytes: 32 << 20 } }))
    expect(result.outcome).toBe('memory')
  })
})

it.skipIf(!('Suspending' in WebAssembly))(
  'Python in Pyodide waits in an event loop, with Node 24 or later',
  async () => {
    const text =
      "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    print('waited')\nasyncio.run(main())"
    for (const sandbox of forLanguage('python'))
      expect(await sandbox.run(python(text))).toMatchObject({ exitCode: 0, stdout: 'waited\n' })
  },
)

describe.each(sandboxes)('a run in $name', (sandbox: Sandbox) => {
  const inIt = sandbox.languages.includes('javascript') ? javascript : python
  const endless = sandbox.languages.includes('javascript') ? 'for (;;);' : 'while True: pass'

  it('rejects with the reason of its signal, before, while it waits for its turn and while it runs', async () => {
    const reason = new Error('enough')
    await expect(sandbox.run(inIt(endless, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    const controller = new AbortController()
    const runs = Array.from({ length: 8 }, () => sandbox.run(inIt(endless, { signal: controller.signal })))
    setTimeout(() => controller.abort(reason), 100)
    for (const run of await Promise.allSettled(runs)) expect(run).toEqual({ status: 'rejected', reason })
    expect((await sandbox.run(inIt('print = 1'))).outcome).toBe('exited')
  })

  it.each([
    ['a path that leaves its folder', { files: [{ path: '../main.js', text: '' }] }],
    ['an absolute path', { files: [{ path: '/etc/main.js', text: '' }] }],
    ['an entry that is no file', { entry: 'other.js' }],
    [
      'the same path twice',
      {
        files: [
          { path: 'a', text: '' },
          { path: 'a', text: '' },
        ],
        entry: 'a',
      },
    ],
    [
      'a file that is a folder too',
      {
        files: [
          { path: 'a', text: '' },
          { path: 'a/b', text: '' },
        ],
        entry: 'a',
      },
    ],
    ['no time', { limits: { timeMs: 0 } }],
    ['half a byte', { limits: { outputBytes: 0.5 } }],
    ['an argument with NUL', { args: ['a\0b'] }],
  ])('refuses %s', async (_, wrong) => {
    await expect(sandbox.run(inIt('', wrong))).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('refuses a language that it has not', async () => {
    const run = { language: 'cobol', files: [{ path: 'a', text: '' }], entry: 'a' }
    await expect(sandbox.run(run)).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe('sandboxes', () => {
  it('leave no folders behind', async () => {
    const place = mkdtempSync(join(tmpdir(), 'anymodel-place-'))
    vi.stubEnv('TMPDIR', place)
    const sandbox = await processSandbox({ concurrency: 2 })
    const runs = ['1', 'throw 1', 'for (;;);', 'process.abort()'].map((text) =>
      sandbox.run(javascript(text, { limits: { timeMs: 1_000 } })),
    )
    const during = (await Promise.race(runs)) && readdirSync(place)
    await Promise.all(runs)
    await sandbox.close()
    vi.unstubAllEnvs()
    expect(during).not.toEqual([])
    expect(readdirSync(place)).toEqual([])
    rmSync(place, { recursive: true })
  })

  it('end what runs when they are closed, and run nothing any more', async () => {
    for (const make of [processSandbox, quickjsSandbox]) {
      const sandbox = await make({ concurrency: 1 })
      const runs = [sandbox.run(javascript('for (;;);')), sandbox.run(javascript('1'))]
      setTimeout(() => void sandbox.close(), 50)
      for (const run of await Promise.allSettled(runs))
        expect(run).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } })
      await expect(sandbox.run(javascript('1'))).rejects.toMatchObject({ code: 'aborted' })
    }
  })

  it('run no more at once than they are told', async () => {
    const sandbox = await quickjsSandbox({ concurrency: 2 })
    const text = 'const start = Date.now(); while (Date.now() < start + 60); console.log(start, Date.now())'
    const results = await Promise.all(Array.from({ length: 6 }, () => sandbox.run(javascript(text))))
    await sandbox.close()
    const spans = results.map(({ stdout }) => stdout.trim().split(' ').map(Number) as [number, number])
    for (const [start] of spans)
      expect(spans.filter(([from, to]) => from <= start && start < to).length).toBeLessThanOrEqual(2)
  })

  it('are chosen for a language, and never with an open network', async () => {
    for (const language of ['javascript', 'typescript', 'python']) {
      const sandbox = await defaultSandbox(language).catch((error: { code: string }) => error)
      if ('code' in sandbox) expect(sandbox.code).toBe('unsupported')
      else {
        expect(sandbox.languages).toContain(language)
        expect(sandbox.holds).toEqual(expect.arrayContaining(['read', 'write', 'environment', 'network', 'time']))
        await sandbox.close()
      }
    }
    await expect(defaultSandbox('cobol')).rejects.toMatchObject({ code: 'unsupported' })
  })
})
