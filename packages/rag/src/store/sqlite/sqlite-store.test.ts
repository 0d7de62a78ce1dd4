import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createClient } from '@libsql/client/sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { put } from '../../conformance/case.ts'
import { sqliteStore } from './sqlite-store.ts'

const writer = fileURLToPath(new URL('../../testing/store-writer.ts', import.meta.url))
const vector = new Float32Array(8).fill(1)

async function folder() {
  const made = await mkdtemp(join(tmpdir(), 'anymodel-rag-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

async function opened(path: string) {
  const store = sqliteStore(path)
  await store.open()
  onTestFinished(() => store.close())
  return store
}

/** A process that writes; `before` is run by its shell. */
function startWriter(args: readonly string[], before = '') {
  const command = [process.execPath, '--import', import.meta.resolve('tsx'), '--conditions=@anymodel/source', writer]
  const child = spawn('bash', ['-c', `${before} exec "$@"`, 'bash', ...command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = createInterface(child.stdout)
  let last = -1
  lines.on('line', (line) => {
    last = Number(line)
  })
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
  })
  return { child, ended: once(child, 'close'), last: () => last, errors: () => errors, line: () => once(lines, 'line') }
}

/** The round in which a document was put whole, as all ways to read it say. */
async function roundOf(path: string, id: string, chunks: number) {
  const store = await opened(path)
  const texts = [
    (await store.range(id, 0, 999)).map(({ text }) => text),
    (await store.searchText('common', { limit: 999 })).map(({ chunk }) => chunk.text),
    (await store.searchVector(vector, { limit: 999 })).map(({ chunk }) => chunk.text),
  ]
  const rounds = new Set(texts.flat().map((text) => Number(text.split(' ')[1])))
  const [round = -1] = rounds
  expect([...rounds]).toHaveLength(1)
  expect(texts.map(({ length }) => length)).toEqual(Array(3).fill(chunks + (round % 3)))
  return round
}

describe('sqliteStore', () => {
  it('two processes that write at once lose nothing', async () => {
    const path = join(await folder(), 'kb.db')
    const writers = [startWriter([path, 'one/', '5']), startWriter([path, 'two/', '5'])]
    for (const { ended, errors } of writers) expect([(await ended)[0], errors()]).toEqual([0, ''])
    const store = await opened(path)
    expect(await store.stats()).toMatchObject({ documents: 80, chunks: 2 * (13 * (5 + 6 + 7) + 5) })
    expect(await store.searchText('common', { limit: 999 })).toHaveLength(478)
    expect(await store.searchVector(vector, { limit: 999 })).toHaveLength(478)
  })

  it('a process that is killed while it puts leaves the old document or the new one', async () => {
    const path = join(await folder(), 'kb.db')
    for (let kill = 0; kill < 3; kill++) {
      const { child, ended, last, line } = startWriter([path, 'a', '150'])
      await line()
      await new Promise((resolve) => setTimeout(resolve, 10 + 17 * kill))
      child.kill('SIGKILL')
      await ended
      const round = await roundOf(path, 'a', 150)
      expect(round === last() || round === last() + 1).toBe(true)
    }
  })

  it('a disk without room is an error that says so, and what was there stays', async () => {
    const path = join(await folder(), 'kb.db')
    await put(await opened(path), 'before', [{ text: 'common -1 0', vector }])
    const { ended, last, errors } = startWriter([path, 'a', '300'], "trap '' XFSZ; ulimit -f 1200;")
    expect((await ended)[0]).toBe(1)
    expect(errors()).toMatch(/code: 'config'/)
    expect(errors()).toMatch(/What was in it is there as before|what was in it is there as before/)
    const store = await opened(path)
    await store.remove(['before'])
    expect(await roundOf(path, 'a', 300)).toBe(last())
    await put(store, 'after', ['there is room again'])
    expect((await store.stats()).documents).toBe(2)
  })

  it('a file of a newer version is refused with the way out', async () => {
    const path = join(await folder(), 'kb.db')
    await (await opened(path)).close()
    const client = createClient({ url: `file:${path}` })
    await client.execute('PRAGMA user_version = 99')
    client.close()
    await expect(sqliteStore(path).open()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/newer version.*version 99.*name another file/),
    })
  })

  it('a SQLite file of something else is refused and left alone', async () => {
    const path = join(await folder(), 'other.db')
    const client = createClient({ url: `file:${path}` })
    await client.execute('CREATE TABLE mine (x)')
    await expect(sqliteStore(path).open()).rejects.toMatchObject({ code: 'config', message: /something else/ })
    expect((await client.execute('SELECT name FROM sqlite_master')).rows.map(({ name }) => name)).toEqual(['mine'])
    client.close()
  })

  it('what is no SQLite file, a folder, or a path through a file is refused with its reason', async () => {
    const home = await folder()
    await writeFile(join(home, 'text'), 'no database '.repeat(1000))
    await mkdir(join(home, 'folder'))
    for (const [path, says] of [
      ['text', /no SQLite file/],
      ['folder', /can not be opened/],
      ['text/kb.db', /can not be opened/],
    ] as const)
      await expect(sqliteStore(join(home, path)).open()).rejects.toMatchObject({ code: 'config', message: says })
  })

  it('makes the folders of its path, whose characters may be anything', async () => {
    const path = join(await folder(), 'a b#c', '%20?é', "it's.db")
    const store = await opened(path)
    await put(store, 'a', ['wing'])
    await store.close()
    expect(await (await opened(path)).searchText('wing', { limit: 1 })).toHaveLength(1)
  })

  it('is used only when it is open', async () => {
    const store = sqliteStore(join(await folder(), 'kb.db'))
    const closed = { code: 'invalid-argument', message: expect.stringContaining('open()') }
    await expect(store.stats()).rejects.toMatchObject(closed)
    await store.open()
    await store.close()
    await expect(store.searchText('wing', { limit: 1 })).rejects.toMatchObject(closed)
    await store.open()
    expect((await store.stats()).documents).toBe(0)
    await store.close()
  })
})
