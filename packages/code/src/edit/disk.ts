import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, realpath, rename, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { AnyModelError, type CodeFile } from '@anymodel/core'
import { type CodedText, decodeText, encodeText } from './encoding.ts'
import { conflict, conflicts, type Patch } from './patch.ts'
import { checkPath } from './path-safety.ts'

/** Reads source files of a folder. Throws `invalid-argument` for paths that lead out of it and for files that are no text, `not-found` for those that are not there. */
export function readFiles(root: string, paths: readonly string[]): Promise<CodeFile[]> {
  return Promise.all(
    paths.map(async (path) => {
      const found = await current(root, path)
      if (!found) throw new AnyModelError('not-found', `There is no file ${path} in ${root}.`)
      return { path, text: found.text }
    }),
  )
}

export interface WriteOptions {
  /** The folder that the paths of the patch are in. */
  readonly root: string
  /** Only look whether the patch fits. */
  readonly dryRun?: boolean
}

/**
 * Writes a patch to disk, all of it or nothing. First every file is compared with what the patch was made from; then new texts are written beside the files, in their encodings and with their modes,
 * and put in their places. When that fails half-way, what was done is taken back. Throws `invalid-argument` with `issues` when a file has changed, `config` when the disk can't be written.
 */
export async function writePatch({ changes }: Patch, { root, dryRun = false }: WriteOptions): Promise<void> {
  const targets = await Promise.all(
    changes.map(async ({ path, before, after }) => ({ path, before, after, now: await current(root, path) })),
  )
  if (new Set(targets.map(({ path }) => path)).size < targets.length)
    throw new AnyModelError('invalid-argument', 'The patch names a file twice.')
  const issues = targets.flatMap(({ path, before, now }) =>
    (now?.text ?? null) === before ? [] : [{ path, message: conflict(before, now?.text) }],
  )
  if (issues.length > 0) throw conflicts(issues)
  if (dryRun) return
  const undo: (() => Promise<void>)[] = []
  try {
    const staged: { readonly target: string; readonly fresh: string | undefined; readonly now: Current | undefined }[] =
      []
    for (const { path, after, now } of targets) {
      const target = now?.target ?? (await inside(root, path))
      if (after === null) staged.push({ target, fresh: undefined, now })
      else {
        undo.push(...(await makeFolder(dirname(target))))
        const fresh = await writeBeside(target, encodeText(after, now?.encoding ?? 'utf-8'), now?.mode)
        undo.push(() => rm(fresh, { force: true }))
        staged.push({ target, fresh, now })
      }
    }
    for (const { target, fresh, now } of staged) {
      if (fresh === undefined) await unlink(target)
      else await rename(fresh, target)
      undo.push(async () => {
        if (now) await rename(await writeBeside(target, now.bytes, now.mode), target)
        else await unlink(target)
      })
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => {})
    throw new AnyModelError('config', `The patch could not be written, and nothing of it stays: ${String(error)}`, {
      cause: error,
    })
  }
}

interface Current extends CodedText {
  /** The file itself, where the path is a link. */
  readonly target: string
  readonly bytes: Uint8Array
  readonly mode: number
}

/** A file as it is now; `undefined` where there is none. */
async function current(root: string, path: string): Promise<Current | undefined> {
  const target = await inside(root, path)
  const found = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (!found) return undefined
  if (!found.isFile()) throw new AnyModelError('invalid-argument', `${path} is not a file.`)
  const bytes = await readFile(target)
  return { ...decodeText(bytes, path), bytes, target, mode: found.mode & 0o7777 }
}

/** Where a path leads on disk, links followed. Throws `invalid-argument` when that is outside of the folder. */
async function inside(root: string, path: string): Promise<string> {
  checkPath(path)
  const top = await realpath(root)
  const target = await real(resolve(top, path))
  const way = relative(top, target)
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(top, way) !== target || way === '')
    throw new AnyModelError('invalid-argument', `The path "${path}" is refused: it leads out of ${root}.`)
  if (way.split(sep).some((name) => name.toLowerCase() === '.git'))
    throw new AnyModelError('invalid-argument', `The path "${path}" is refused: it is inside of .git.`)
  return target
}

/** The real path of what is there, and of the folders of what is not there yet. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR') throw new AnyModelError('invalid-argument', `${dirname(path)} is a file, not a folder.`)
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    return join(await real(dirname(path)), path.slice(dirname(path).length).replaceAll(sep, ''))
  }
}

/** Makes a folder and those above it; gives what takes them away again. */
async function makeFolder(folder: string): Promise<(() => Promise<void>)[]> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return []
  const made: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    made.push(at)
    if (at === first || dirname(at) === at) break
  }
  return made.reverse().map((path) => () => rmdir(path))
}

async function writeBeside(target: string, bytes: Uint8Array, mode: number | undefined): Promise<string> {
  const path = `${target}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(path, 'wx', mode ?? 0o666)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
  await file.close()
  if (mode !== undefined) await chmod(path, mode)
  return path
}
