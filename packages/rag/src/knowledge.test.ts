import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AddProgress } from './add/report.ts'
import type { Document } from './contract.ts'
import { knowledge } from './knowledge.ts'
import { memoryStore } from './store/memory/memory-store.ts'
import { wordEmbedding } from './testing/word-embedding.ts'

const doc = (id: string, text: string, metadata = {}): Document => ({ id, text, metadata })
const found = async (search: Promise<readonly { chunk: { documentId: string } }[]>) =>
  (await search).map(({ chunk }) => chunk.documentId)

describe('adding documents', () => {
  test('costs nothing for what is there, and embeds equal texts once', async () => {
    const embedding = wordEmbedding()
    const kb = await knowledge({ store: memoryStore(), embedding })
    const documents = [doc('a', 'A warm wind.'), doc('b', 'A cold lake.'), doc('copy', 'A cold lake.')]
    expect(await kb.add(documents)).toMatchObject({
      added: 3,
      embedded: 2,
      duplicates: [{ id: 'copy', of: 'b' }],
    })
    expect(await kb.add(documents)).toMatchObject({ added: 0, unchanged: 3, embedded: 0, chunks: 0 })
    expect(await kb.add([doc('a', 'A warm wind.', { language: 'en' })])).toMatchObject({ added: 1, embedded: 0 })
    expect(embedding.asked).toEqual(['A warm wind.', 'A cold lake.'])
    expect(await found(kb.search('cold lake'))).toEqual(['b', 'a'])
  })

  test('embeds what changed in a document, and no other chunk', async () => {
    const embedding = wordEmbedding()
    const kb = await knowledge({ store: memoryStore(), embedding, chunk: { size: 40, overlap: 0 } })
    const paragraphs = ['The first one is about bridges.', 'The second one is about boats.', 'The third is about nets.']
    await kb.add(doc('a', paragraphs.join('\n\n')))
    expect(
      await kb.add(doc('a', paragraphs.toSpliced(1, 1, 'Another one is about ropes.').join('\n\n'))),
    ).toMatchObject({ embedded: 1 })
    expect((await kb.search('boats', { mode: 'text' })).length).toBe(0)
  })

  test('leaves out a text that the model refuses and adds the others', async () => {
    const fail = (text: string) => (text.includes('poison') ? new AnyModelError('bad-request', 'No.') : undefined)
    const kb = await knowledge({ store: memoryStore(), embedding: wordEmbedding('words', { fail }) })
    const report = await kb.add([doc('a', 'good'), doc('b', 'poison'), doc('c', 'fine')])
    expect(report).toMatchObject({ added: 2, failed: [{ id: 'b', error: { code: 'bad-request' } }] })
  })

  test('ends when the model can’t be reached, with what was added kept', async () => {
    const fail = (text: string) => (text.includes('late') ? new AnyModelError('network', 'Gone.') : undefined)
    const options = { store: memoryStore(), embedding: wordEmbedding('words', { fail }) }
    const kb = await knowledge(options)
    const many = Array.from({ length: 300 }, (_, at) => doc(`d${at}`, `text number ${at}${at > 290 ? ' late' : ''}`))
    await expect(kb.add(many)).rejects.toMatchObject({ code: 'network' })
    const again = await knowledge({ ...options, embedding: wordEmbedding() })
    expect(await again.add(many)).toMatchObject({ unchanged: 256, added: 44 })
  })

  test('ends with the reason of an abort', async () => {
    const kb = await knowledge({ store: memoryStore(), embedding: wordEmbedding() })
    const stop = new AbortController()
    async function* endless() {
      for (let at = 0; ; at++) {
        if (at === 600) stop.abort('enough')
        yield doc(`d${at}`, `text ${at}`)
      }
    }
    await expect(kb.add(endless(), { signal: stop.signal })).rejects.toBe('enough')
    expect((await kb.stats()).documents).toBe(512)
  })

  test('needs a store and, if any, a model that embeds', async () => {
    await expect(knowledge({ store: 'kb.db' as never })).rejects.toMatchObject({ code: 'invalid-argument' })
    const model = { store: memoryStore(), embedding: 'minilm' as never }
    await expect(knowledge(model)).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  test('refuses what is no document', async () => {
    const kb = await knowledge({ store: memoryStore() })
    await expect(kb.add([{ id: '', text: 'x' }])).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

describe('adding a folder', () => {
  let cwd: string
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'anymodel-rag-'))
    await mkdir(join(cwd, 'docs'))
  })
  afterEach(() => rm(cwd, { recursive: true }))
  const write = (name: string, text: string | Uint8Array) => writeFile(join(cwd, 'docs', name), text)

  test('follows it: changed files are replaced, deleted ones go, touched ones stay', async () => {
    const kb = await knowledge({ store: memoryStore(), load: { cwd } })
    await kb.add(doc('mine', 'By hand.'))
    await write('a.md', '# Boats\n\nA boat has a keel.')
    await write('b.md', 'A bridge has a deck.')
    expect(await kb.add('docs')).toMatchObject({ added: 2 })
    await utimes(join(cwd, 'docs/b.md'), 1, 1)
    await write('a.md', '# Boats\n\nA boat has a mast.')
    expect(await kb.add('docs')).toMatchObject({ added: 1, unchanged: 1 })
    await rm(join(cwd, 'docs/b.md'))
    expect(await kb.add('docs', { removeMissing: false })).toMatchObject({ removed: 0 })
    const told: AddProgress[] = []
    expect(await kb.add('docs', { onProgress: (step) => told.push(step) })).toMatchObject({ removed: 1 })
    expect(told.map(({ id, outcome }) => `${outcome} ${id}`)).toEqual(['unchanged docs/a.md', 'removed docs/b.md'])
    const ids: string[] = []
    for await (const { id } of kb.documents()) ids.push(id)
    expect(ids).toEqual(['docs/a.md', 'mine'])
  })

  test('reports a broken file with its path, and keeps what was there of it', async () => {
    const kb = await knowledge({ store: memoryStore(), load: { cwd } })
    await write('a.md', 'A boat has a keel.')
    await write('b.md', 'A bridge has a deck.')
    await kb.add('docs')
    await write(
      'b.md',
      Uint8Array.from({ length: 4_000 }, (_, at) => (at * 7_919) % 256),
    )
    const report = await kb.add('docs')
    expect(report.failed.map(({ id, error }) => [id, error.code])).toEqual([['docs/b.md', 'invalid-argument']])
    expect(await found(kb.search('bridge deck'))).toEqual(['docs/b.md'])
  })

  test('that is empty adds nothing; one that is not there is an error', async () => {
    const kb = await knowledge({ store: memoryStore(), load: { cwd } })
    expect(await kb.add('docs')).toMatchObject({ added: 0, removed: 0, failed: [] })
    await expect(kb.add('nowhere')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('another embedding model', () => {
  test('is refused with the way out, which goes on where it died', async () => {
    const store = memoryStore()
    const before = await knowledge({ store, embedding: wordEmbedding('old') })
    await before.add([doc('a', 'A warm wind.'), doc('b', 'A cold lake.'), doc('c', 'A dry field.')])
    const embedding = wordEmbedding('new')
    const after = await knowledge({ store, embedding })
    const refused = { code: 'config', message: expect.stringContaining('reindex()') }
    await expect(after.add([doc('d', 'More.')])).rejects.toMatchObject(refused)
    await expect(after.search('lake')).rejects.toMatchObject(refused)
    expect(embedding.asked).toEqual([])

    const stop = new AbortController()
    const onProgress = ({ id }: AddProgress) => id === 'a' && stop.abort('died')
    await expect(after.reindex({ signal: stop.signal, onProgress })).rejects.toBe('died')
    expect(await found(after.search('lake', { mode: 'text' }))).toEqual(['b'])
    expect(await after.reindex()).toMatchObject({ added: 2, unchanged: 1 })
    expect(embedding.asked).toEqual(['A warm wind.', 'A cold lake.', 'A dry field.'])
    expect((await found(after.search('lake', { mode: 'vector' })))[0]).toBe('b')
    expect(await after.add([doc('a', 'A warm wind.')])).toMatchObject({ unchanged: 1 })
  })
})

describe('who may see what', () => {
  test('no option lifts the filter of a view', async () => {
    const kb = await knowledge({ store: memoryStore(), embedding: wordEmbedding() })
    await kb.add([doc('a', 'The secret of the lake.')], { metadata: { team: 'a' } })
    await kb.add([doc('b', 'The secret of the lake is fish.')], { metadata: { team: 'b' } })
    const access: { team: string } = { team: 'a' }
    const view = kb.as(access)
    access.team = 'b'
    const filters = [undefined, { team: 'b' }, { or: [{ team: 'b' }, { team: 'a' }] }, { not: { team: 'a' } }, {}]
    for (const filter of filters) {
      for (const mode of ['text', 'vector', 'hybrid'] as const) {
        const ids = await found(view.search('secret of the lake', { mode, ...(filter ? { filter } : {}) }))
        expect(ids.filter((id) => id !== 'a')).toEqual([])
      }
    }
    expect(await found(view.search('lake'))).toEqual(['a'])
    expect(await found(view.as({ team: 'b' }).search('lake'))).toEqual([])
    expect(Object.keys(view).sort()).toEqual(['as', 'ask', 'search', 'streamAsk'])
  })
})
