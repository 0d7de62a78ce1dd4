import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'tests/reporter/vitest.config.ts']

/** The last line that a run of the samples prints, and how it ends. */
const run = (): Promise<{ line: string | undefined; code: unknown }> =>
  new Promise((resolve) => {
    execFile(process.execPath, vitest, { cwd: root }, (error, stdout) =>
      resolve({ line: stdout.trimEnd().split('\n').at(-1), code: error?.code ?? 0 }),
    )
  })

it('the last line of a run counts tests, broken hooks, broken files and stray rejections', async () => {
  expect(await run()).toEqual({ line: '3 passed, 4 failed, 3 skipped', code: 1 })
}, 60_000)
