import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Patch } from '@anymodel/code'
import { AnyModelError } from '@anymodel/core'

/** So many edits of a folder can be taken back, one after the other. */
const kept = 20

/** What was written last in a folder, to take it back. */
export interface LastEdit {
  readonly patch: Patch
  /** It was taken back. */
  forget(): Promise<void>
}

/** Writes a patch to this folder, all of it or nothing, and keeps it so that it can be taken back. Ctrl-C waits until it is done. */
export async function writeWithUndo(patch: Patch): Promise<void> {
  const forget = await remember(patch)
  try {
    await uninterrupted(patch)
  } catch (error) {
    await forget()
    throw error
  }
}

/** The last edit of this folder that was not taken back. Throws `invalid-argument` when there is none. */
export async function lastEdit(): Promise<LastEdit> {
  const { writePatch } = await import('@anymodel/code')
  const folder = await folderOfEdits()
  for (const name of (await editsIn(folder)).reverse()) {
    const path = join(folder, name)
    const patch = readPatch(path, await readFile(path, 'utf8'))
    const forget = () => rm(path, { force: true })
    const isOpen = await writePatch(patch, { root: process.cwd(), dryRun: true }).then(
      () => true,
      () => false,
    )
    if (!isOpen) return { patch, forget }
    // The files are as they were before it: it was ended before it was written, or taken back by other means.
    await forget()
  }
  throw new AnyModelError('invalid-argument', 'There is nothing to take back: no edit of this folder is kept.')
}

/** Writes a patch to this folder; a signal to end is not heeded meanwhile. */
export async function uninterrupted(patch: Patch): Promise<void> {
  const { writePatch } = await import('@anymodel/code')
  const wait = () => {}
  process.on('SIGINT', wait)
  process.on('SIGTERM', wait)
  try {
    await writePatch(patch, { root: process.cwd() })
  } finally {
    process.off('SIGINT', wait)
    process.off('SIGTERM', wait)
  }
}

/** Keeps a patch before it is written, so that an edit is never without its undo; gives what drops it. */
async function remember(patch: Patch): Promise<() => Promise<void>> {
  const folder = await folderOfEdits()
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const edits = await editsIn(folder)
    const path = join(folder, `${String(Date.now()).padStart(15, '0')}-${process.pid}.json`)
    await writeFile(`${path}.new`, JSON.stringify(patch), { mode: 0o600 })
    await rename(`${path}.new`, path)
    for (const old of edits.slice(0, Math.max(0, edits.length + 1 - kept))) await rm(join(folder, old), { force: true })
    return () => rm(path, { force: true })
  } catch (cause) {
    const { message } = cause as Error
    throw new AnyModelError(
      'config',
      `Nothing was written: the edit can't be kept for "anymodel code undo" (${message}). Set XDG_STATE_HOME to a folder that can be written.`,
      { cause },
    )
  }
}

/** The kept edits of a folder, the oldest first. */
const editsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => /^\d{15}-\d+\.json$/.test(name)).sort()

/** Where the edits of this folder are kept: not in it, where they would be in the way. */
async function folderOfEdits(): Promise<string> {
  const project = createHash('sha256')
    .update(await realpath(process.cwd()))
    .digest('hex')
  return join(stateHome(), 'anymodel', 'edits', project.slice(0, 32))
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function stateHome(): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env
  if (XDG_STATE_HOME) return XDG_STATE_HOME
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
  return join(homedir(), '.local', 'state')
}

function readPatch(path: string, text: string): Patch {
  try {
    const patch = JSON.parse(text) as Patch
    if (patch.changes.every((change) => typeof change.path === 'string')) return patch
  } catch {}
  throw new AnyModelError('config', `The kept edit ${path} is damaged. Remove it to take back the one before it.`)
}
