import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAnyModelError } from '@anymodel/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFiles, writePatch } from './disk.ts'
import { reversePatch } from './patch.ts'

let outer: string
let root: string
beforeEach(async () => {
  outer = await mkdtemp(join(tmpdir(), 'anymodel-code-'))
  root = join(outer, 'project')
  await mkdir(root)
})
afterEach(() => rm(outer, { recursive: true }))

const code = (error: string) => expect.toSatisfy((thrown) => isAnyModelError(thrown) && thrown.code === error)
const change = (path: string, before: string | null, after: string | null) => ({ changes: [{ path, before, after }] })

test.each([
  ['UTF-8', Buffer.from('a é 😀\r\n')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffa\n')],
  ['UTF-16 little end first', Buffer.from('\ufeffa\né', 'utf16le')],
  ['UTF-16 big end first', Buffer.from('\ufeffa\né', 'utf16le').swap16()],
])('a file in %s is written as it was read, and back to the same bytes', async (_, bytes) => {
  await writeFile(join(root, 'a.txt'), bytes)
  const [file] = await readFiles(root, ['a.txt'])
  const patch = change('a.txt', file?.text ?? '', `${file?.text}more`)
  await writePatch(patch, { root })
  expect((await readFiles(root, ['a.txt']))[0]?.text).toBe(`${file?.text}more`)
  await writePatch(reversePatch(patch), { root })
  expect(await readFile(join(root, 'a.txt'))).toEqual(bytes)
})

test('what is no text is refused, so that it is never written back otherwise', async () => {
  await writeFile(join(root, 'a.bin'), Buffer.from([0x61, 0xff, 0x62]))
  await writeFile(join(root, 'b.bin'), Buffer.from([0x61, 0x00]))
  for (const path of ['a.bin', 'b.bin']) await expect(readFiles(root, [path])).rejects.toEqual(code('invalid-argument'))
  await expect(readFiles(root, ['c'])).rejects.toEqual(code('not-found'))
})

test('files keep their modes, new ones get their folders, and nothing else stays', async () => {
  await writeFile(join(root, 'run.sh'), 'a\n')
  await chmod(join(root, 'run.sh'), 0o755)
  const patch = {
    changes: [
      { path: 'run.sh', before: 'a\n', after: 'b\n' },
      { path: 'x/y/new.ts', before: null, after: 'new\n' },
    ],
  }
  await writePatch(patch, { root })
  expect((await stat(join(root, 'run.sh'))).mode & 0o777).toBe(0o755)
  expect((await readdir(root, { recursive: true })).sort()).toEqual(['run.sh', 'x', 'x/y', 'x/y/new.ts'])
  await writePatch(reversePatch(patch), { root })
  expect(await readFile(join(root, 'run.sh'), 'utf8')).toBe('a\n')
  await expect(stat(join(root, 'x/y/new.ts'))).rejects.toThrow()
})

test('a file that changed in between is a conflict, and none of the patch is written', async () => {
  await writeFile(join(root, 'a'), 'one')
  await writeFile(join(root, 'b'), 'changed')
  const patch = { changes: [...change('a', 'one', 'two').changes, ...change('b', 'one', 'two').changes] }
  for (const dryRun of [true, false])
    await expect(writePatch(patch, { root, dryRun })).rejects.toMatchObject({ issues: [{ path: 'b' }] })
  expect(await readFile(join(root, 'a'), 'utf8')).toBe('one')
  await expect(writePatch(change('a', null, 'x'), { root })).rejects.toEqual(code('invalid-argument'))
  await writePatch(change('a', 'one', 'two'), { root, dryRun: true })
  expect(await readFile(join(root, 'a'), 'utf8')).toBe('one')
})

test('a write that fails half-way is taken back', async () => {
  await writeFile(join(root, 'a'), 'one')
  // What is to be a file and a folder: that shows when the last of them is put in its place.
  const changes = [change('a', 'one', 'two'), change('new/b', null, 'b'), change('new', null, 'n')]
  const patch = { changes: changes.flatMap((patch) => patch.changes) }
  await expect(writePatch(patch, { root })).rejects.toEqual(code('config'))
  expect(await readFile(join(root, 'a'), 'utf8')).toBe('one')
  expect(await readdir(root)).toEqual(['a'])
  await expect(writePatch(change('a/b', null, 'x'), { root })).rejects.toEqual(code('invalid-argument'))
})

test('no path leads out of the folder, by name or by link', async () => {
  await writeFile(join(outer, 'secret'), 's')
  await symlink(outer, join(root, 'up'))
  await symlink(join(outer, 'secret'), join(root, 'link'))
  await mkdir(join(root, '.git'))
  await symlink(join(root, '.git'), join(root, 'git'))
  for (const path of ['../secret', 'up/secret', 'link', 'up/new', join(outer, 'secret'), '.git/config', 'git/config']) {
    await expect(readFiles(root, [path])).rejects.toEqual(code('invalid-argument'))
    await expect(writePatch(change(path, null, 'x'), { root })).rejects.toEqual(code('invalid-argument'))
  }
  expect(await readFile(join(outer, 'secret'), 'utf8')).toBe('s')
})

test('a link inside of the folder is written through', async () => {
  await writeFile(join(root, 'a'), 'one')
  await symlink('a', join(root, 'link'))
  await writePatch(change('link', 'one', 'two'), { root })
  expect(await readFile(join(root, 'a'), 'utf8')).toBe('two')
})
