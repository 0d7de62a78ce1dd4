import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { knowledge, sqliteStore } from '@anymodel/rag'
import { afterEach, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('add-in-process.ts', import.meta.url))

let folder: string
let file: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anymodel-rag-'))
  file = join(folder, 'kb.db')
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Runs the script to its end; `killAfter`: until it has told so many documents. */
function add(
  first: number,
  last: number,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<{ lines: string[]; signal: string | null }> {
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    '--conditions=@anymodel/source',
    script,
    file,
    `${first}`,
    `${last}`,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text
    if (out.split('\n').length > killAfter) child.kill('SIGKILL')
  })
  return new Promise((resolve) =>
    child.on('close', (_code, signal) => resolve({ lines: out.split('\n').slice(0, -1), signal })),
  )
}

async function stored(): Promise<{ ids: string[]; chunks: number }> {
  const kb = await knowledge({ store: sqliteStore(file) })
  const ids: string[] = []
  for await (const { id } of kb.documents()) ids.push(id)
  const { chunks } = await kb.stats()
  await kb.close()
  return { ids, chunks }
}

test('a run that is killed has lost nothing that it told, and goes on where it was', async () => {
  const killed = await add(0, 400, 100)
  expect(killed.signal).toBe('SIGKILL')
  const told = killed.lines.map((line) => line.replace('added ', ''))
  const kept = await stored()
  expect(kept.ids).toEqual(expect.arrayContaining(told))
  expect(kept.ids.length).toBeLessThan(400)
  const { lines } = await add(0, 400)
  const report = JSON.parse(lines.at(-1) as string)
  expect(report).toMatchObject({ unchanged: kept.ids.length, added: 400 - kept.ids.length, failed: [] })
  const whole = await stored()
  expect(new Set(whole.ids).size).toBe(400)
  expect(whole.chunks % 400).toBe(0)
}, 240_000)

test('two runs at once leave every document there once', async () => {
  const runs = await Promise.all([add(0, 150), add(100, 250)])
  expect(runs.map(({ lines }) => JSON.parse(lines.at(-1) as string).failed)).toEqual([[], []])
  const { ids, chunks } = await stored()
  expect(ids.length).toBe(250)
  expect(new Set(ids).size).toBe(250)
  expect(chunks % 250).toBe(0)
}, 240_000)
