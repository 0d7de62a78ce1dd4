import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AnyModelError } from '@anymodel/core'
import { type Document, ingestionQueue, knowledge, memoryStore, sqliteStore } from '@anymodel/rag'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasRedis, needsRedis, type RedisServer, startRedis } from '../state/redis-server.ts'

const workerFile = fileURLToPath(new URL('../../packages/rag/src/testing/ingestion-worker.ts', import.meta.url))

describe.skipIf(!hasRedis)(`ingestionQueue${hasRedis ? '' : ` (skipped: ${needsRedis})`}`, () => {
  let redis: RedisServer
  let names = 0
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())

  async function opened(name = `queue-${names++}`, more = {}) {
    const queue = await ingestionQueue({ url: redis.url, name, backoff: 10, ...more })
    onTestFinished(() => queue.close())
    return queue
  }

  /** A worker over a function, which is closed after the test. */
  async function working(
    queue: Awaited<ReturnType<typeof opened>>,
    add: (document: Document) => Promise<unknown>,
    more = {},
  ) {
    const worker = await queue.work({ add }, { lease: 1000, ...more })
    onTestFinished(() => worker.close({ now: true }))
    return worker
  }

  function startWorker(args: readonly string[]) {
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), '--conditions=@anymodel/source', workerFile, ...args],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const begun: string[] = []
    createInterface(child.stdout).on('line', (line) => begun.push(line.replace('begin ', '')))
    const ended = once(child, 'close')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    return { child, ended, begun }
  }

  it('two worker processes, one killed while it works: nothing is lost, and nothing is there twice', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anymodel-rag-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [path, name] = [join(folder, 'kb.db'), 'killed']
    const queue = await opened(name)
    const ids = Array.from({ length: 150 }, (_, i) => `d${String(i).padStart(3, '0')}`)
    await queue.add(ids.map((id) => ({ id, text: `first of ${id}\nsecond of ${id}` })))
    const [first, second] = [startWorker([redis.url, name, path]), startWorker([redis.url, name, path])]
    while (first.begun.length < 20) await wait(2)
    first.child.kill('SIGKILL')
    await first.ended
    await queue.idle()
    expect(second.begun.length).toBeGreaterThan(0)
    // The killed one had documents in its hands; the other one began them again.
    expect(first.begun.length + second.begun.length).toBeGreaterThan(ids.length)
    const store = sqliteStore(path)
    await store.open()
    onTestFinished(() => store.close())
    const there: string[] = []
    for await (const { id } of store.documents()) there.push(id)
    expect(there).toEqual(ids)
    expect(await store.stats()).toMatchObject({ documents: 150, chunks: 300 })
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 })
  })

  it('takes documents into knowledge', async () => {
    const queue = await opened()
    const kb = await knowledge({ store: memoryStore() })
    await queue.add([{ id: 'a', text: 'The warranty lasts two years.' }])
    const worker = await queue.work(kb)
    onTestFinished(() => worker.close())
    await queue.idle()
    expect((await kb.search('warranty', { mode: 'text' })).map(({ chunk }) => chunk.documentId)).toEqual(['a'])
  })

  it('a document that waits in the same state is worked on once', async () => {
    const queue = await opened()
    for (let i = 0; i < 5; i++) await queue.add({ id: 'a', text: 'same' })
    const seen: string[] = []
    await working(queue, async ({ text }) => seen.push(text))
    await queue.idle()
    expect(seen).toEqual(['same'])
  })

  it('of a document that changes while it is worked on, the last state wins', async () => {
    const queue = await opened()
    let there = ''
    let begun = () => {}
    const slow = new Promise<void>((resolve) => {
      begun = resolve
    })
    await working(
      queue,
      async ({ text }) => {
        if (text === 'old') {
          begun()
          await wait(300)
        }
        there = text
      },
      { concurrency: 2 },
    )
    await queue.add({ id: 'a', text: 'old' })
    await slow
    await queue.add({ id: 'a', text: 'new' })
    await queue.idle()
    expect(there).toBe('new')
  })

  it('an old state that comes back is worked on again', async () => {
    const queue = await opened()
    let there = ''
    await working(queue, async ({ text }) => {
      there = text
    })
    for (const text of ['one', 'two', 'one']) {
      await queue.add({ id: 'a', text })
      await queue.idle()
      expect(there).toBe(text)
    }
  })

  it('tries again what may succeed later, and what was reported as failed', async () => {
    const queue = await opened()
    const left = [new AnyModelError('rate-limit', 'later'), new Error('odd')]
    let added = 0
    await working(queue, async () => {
      const error = left.shift()
      if (error) return { failed: [{ id: 'a', error }] }
      added++
      return { failed: [] }
    })
    await queue.add({ id: 'a', text: 'x' })
    await queue.idle()
    expect([added, left.length, (await queue.counts()).failed]).toEqual([1, 0, 0])
  })

  it('what can not succeed is told with its reason, and added anew it is tried anew', async () => {
    const queue = await opened()
    let tries = 0
    const told: (string | undefined)[] = []
    await working(
      queue,
      async () => {
        tries++
        throw new AnyModelError('content-filter', 'The text was refused.')
      },
      { onDocument: (_: string, error?: Error) => told.push(error?.message) },
    )
    for (let round = 1; round <= 2; round++) {
      await queue.add({ id: 'a', text: 'x' })
      await queue.idle()
      const failed = []
      for await (const each of queue.failed()) failed.push(each)
      expect(failed).toEqual([{ documentId: 'a', message: 'The text was refused.' }])
      expect(tries).toBe(round)
    }
    expect(told).toEqual(['The text was refused.', 'The text was refused.'])
  })

  it('a worker that is closed at once leaves its document to the next', async () => {
    const queue = await opened()
    await queue.add({ id: 'a', text: 'x' })
    let begun = () => {}
    const working1 = new Promise<void>((resolve) => {
      begun = resolve
    })
    const worker = await queue.work(
      {
        add: (_, { signal }) =>
          new Promise((_, reject) => {
            begun()
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
      },
      { lease: 1000 },
    )
    await working1
    await worker.close({ now: true })
    const seen: string[] = []
    await working(queue, async ({ id }) => seen.push(id))
    await queue.idle()
    expect(seen).toEqual(['a'])
  })

  it('waiting for the end can be given up', async () => {
    const queue = await opened()
    await queue.add({ id: 'a', text: 'x' })
    const reason = new Error('enough')
    await expect(queue.idle({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const waiting = queue.idle({ signal: controller.signal })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it('says at once that Redis is not there', async () => {
    await expect(ingestionQueue({ url: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/Redis can not be reached/),
    })
  })

  it('refuses what is no document, and what is no name', async () => {
    const queue = await opened()
    for (const document of [{ id: '', text: 'x' }, { id: 'a' }] as Document[])
      await expect(queue.add(document)).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(opened('a:b')).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})
