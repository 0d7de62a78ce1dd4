import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FindOptions, findFiles } from './find-files.ts'
import { load } from './load.ts'
import { loadFile, loadFiles } from './load-file.ts'

let cwd = ''
const files: Readonly<Record<string, string | Uint8Array>> = {
  'docs/a.md': '# A\n\ntext',
  'docs/deep/b.txt': 'b',
  'docs/deep/c.ts': 'export const c = 1',
  'docs/picture.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0]),
  'docs/.hidden.md': 'hidden',
  'docs/node_modules/x/readme.md': 'x',
  'docs/.git/config.md': 'x',
  'docs/draft/.gitignore': '*\n!kept.md\n',
  'docs/draft/kept.md': 'kept',
  'docs/draft/lost.md': 'lost',
  'docs/.gitignore': 'deep/\n',
  'docs/[odd].md': 'odd',
  'outside/secret.txt': 'secret',
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'anymodel-load-'))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true })
    await writeFile(join(cwd, path), content)
  }
  await symlink(join(cwd, 'outside', 'secret.txt'), join(cwd, 'docs', 'link.txt'))
  await symlink(join(cwd, 'docs'), join(cwd, 'docs', 'deep', 'loop'))
  await symlink(join(cwd, 'docs', 'a.md'), join(cwd, 'docs', 'same.md'))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const found = async (patterns: string | string[], options: FindOptions = {}) => {
  const paths: string[] = []
  for await (const { path } of findFiles(patterns, { cwd, ...options })) paths.push(path)
  return paths
}

describe('finding files', () => {
  it('takes a folder as the files in it that can be loaded, and follows no link out of it', async () => {
    expect(await found('docs')).toEqual([
      'docs/[odd].md',
      'docs/a.md',
      'docs/deep/b.txt',
      'docs/deep/c.ts',
      'docs/draft/kept.md',
      'docs/draft/lost.md',
      'docs/same.md',
    ])
  })

  it('takes patterns, each file once', async () => {
    expect(await found(['docs/**/*.{txt,ts}', 'docs/deep/b.txt'])).toEqual(['docs/deep/b.txt', 'docs/deep/c.ts'])
  })

  it('takes a path with characters of patterns as the file that it names', async () => {
    expect(await found('docs/[odd].md')).toEqual(['docs/[odd].md'])
  })

  it('leaves out what .gitignore files say, the innermost last, and what exclude says', async () => {
    expect(await found('docs', { gitignore: true, exclude: ['**/same.*'] })).toEqual([
      'docs/[odd].md',
      'docs/a.md',
      'docs/draft/kept.md',
    ])
  })

  it('finds names with a dot when asked, and never those of git', async () => {
    const paths = await found('docs/**/*.md', { dot: true })
    expect(paths).toContain('docs/.hidden.md')
    expect(paths).not.toContain('docs/.git/config.md')
  })

  it('says what is not there', async () => {
    await expect(found('nothing/**')).rejects.toMatchObject({ code: 'not-found' })
    await expect(found('nothing.md')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('loading files', () => {
  it('names documents by their paths and knows format and date', async () => {
    const [document] = await loadFile('docs/a.md', { cwd })
    expect(document).toMatchObject({ id: 'docs/a.md', mediaType: 'text/markdown', title: 'A', text: '# A\n\ntext' })
    expect(document?.modified).toMatch(/^\d{4}-.*Z$/)
    expect((await loadFile('docs/deep/c.ts', { cwd }))[0]?.metadata).toEqual({ programmingLanguage: 'typescript' })
  })

  it('goes on after a file that is none', async () => {
    const results: unknown[] = []
    for await (const { path, documents, error } of loadFiles('docs/{picture.png,a.md}', { cwd })) {
      results.push([path, documents?.length ?? error?.code])
    }
    expect(results).toEqual([
      ['docs/a.md', 1],
      ['docs/picture.png', 'unsupported'],
    ])
  })

  it('ends with the reason of an abort', async () => {
    const reason = new Error('enough')
    const run = async () => {
      for await (const _ of loadFiles('docs', { cwd, signal: AbortSignal.abort(reason) }));
    }
    await expect(run()).rejects.toBe(reason)
  })

  it('refuses files that are too large, not there, or folders', async () => {
    await expect(loadFile('docs/a.md', { cwd, maxBytes: 3 })).rejects.toThrow(/docs\/a\.md has \d+ bytes.*maxBytes/)
    await expect(loadFile('docs/none.md', { cwd })).rejects.toMatchObject({ code: 'not-found' })
    await expect(loadFile('docs', { cwd })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('uses a loader of your own', async () => {
    const documents = await load(
      { id: 'x.song', bytes: new Uint8Array([1]), mediaType: 'audio/x-song' },
      { loaders: { 'audio/x-song': async ({ id }) => [{ id, text: 'la la' }] } },
    )
    expect(documents).toEqual([{ id: 'x.song', text: 'la la' }])
  })
})
