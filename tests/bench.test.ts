import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const bench = async (name: string) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/bench.mjs', name, '--quick', '--json'], {
    cwd: root,
  })
  return JSON.parse(stdout)
}

// The benchmarks themselves exit with an error when cost grows faster than length: absolute times are nobody's business here.
it('the stream benchmark runs for every protocol, and an event costs the same in a long stream', async () => {
  const { ratioToRaw, growth } = await bench('stream')
  const ours = ['anymodel', 'anymodel responses', 'anymodel messages', 'anymodel gemini']
  expect(Object.keys(ratioToRaw)).toEqual(expect.arrayContaining(ours))
  for (const name of ours) expect(growth[name], name).toBeLessThan(2)
}, 120_000)

it('streamed structured output does not cost the square of its length', async () => {
  const { growth } = await bench('object')
  expect(growth.anymodel).toBeLessThan(3)
}, 120_000)

it('a program that asks one model stays small, bundled from the built packages', async () => {
  const { limits, start } = await bench('size')
  expect(start.groq).toBeLessThanOrEqual(limits.bundle)
}, 120_000)

it('the benchmark of local models runs, and every case has a figure', async () => {
  const { figures, ratios } = await bench('local')
  expect(Object.keys(figures)).toEqual(['anymodel'])
  expect(Object.keys(figures.anymodel).length).toBeGreaterThanOrEqual(6)
  for (const [name, times] of Object.entries(ratios.overFloor)) expect(times, name).toBeGreaterThan(1)
}, 120_000)
