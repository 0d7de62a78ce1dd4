import { lstatSync, realpathSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import { list } from '../folder.ts'
import { explainDisk } from '../hub/disk.ts'
import type { HubName } from '../hub/hub-name.ts'
import { cacheFolder, type HubOptions } from '../hub/options.ts'
import { totalSize } from '../hub/select.ts'
import { cachedSnapshot, keptFiles, refsTo, repoFolder } from '../hub/snapshot.ts'
import { hubName, parseName } from '../names.ts'
import { notFromHub } from './not-from-hub.ts'

/**
 * Removes a model of the hub from the cache: all of `hf:<org>/<repo>`, or what was downloaded at one `@<revision>`. Gives the bytes that are free now. Throws `config` for what is not in the cache, and for a name that leads
 * out of it.
 */
export function removeModel(id: string, { cache }: HubOptions = {}): { readonly bytes: number } {
  const { scheme, name, dtype } = parseName(id)
  if (scheme !== 'hf') throw notFromHub(id, scheme, name, 'uninstall')
  const wanted = hubName(name, id)
  if (dtype || wanted.folder)
    throw failure(id, `is a part of a model. Name all of it: hf:${wanted.repo}${revisionText(name)}`)
  const root = cacheFolder(cache)
  const paths = name.includes('@') ? pathsAt(root, wanted) : [repoFolder(root, wanted.repo)]
  const there = paths.filter((path) => lstatSync(path, { throwIfNoEntry: false }))
  if (there.length === 0) throw failure(id, `is not in ${root}. "anymodel list" says what is.`)
  for (const path of there) requireInside(root, path, id)
  const bytes = there.reduce((sum, path) => sum + bytesAt(path), 0)
  try {
    for (const path of there) rmSync(path, { recursive: true, force: true })
    removeEmpty(root, repoFolder(root, wanted.repo))
  } catch (error) {
    throw explainDisk(error)
  }
  return { bytes }
}

/** What is kept of one revision. What names it goes first, so that nothing is half there for anybody who looks. */
function pathsAt(cache: string, name: HubName): string[] {
  const snapshot = cachedSnapshot(cache, name)
  if (!snapshot) return []
  const { folder, listing } = snapshot
  return [...refsTo(cache, name.repo, listing.commit).map(({ file }) => file), `${folder}.json`, folder]
}

/** Somebody may have put a link into the cache. */
function requireInside(root: string, path: string, id: string): void {
  const from = relative(realpathSync(root), realpathSync(path))
  if (from === '' || from.startsWith('..') || lstatSync(path).isSymbolicLink())
    throw failure(id, `leads out of the cache (${path} is ${realpathSync(path)}): nothing was removed.`)
}

const bytesAt = (path: string): number =>
  lstatSync(path).isDirectory() ? totalSize(keptFiles(path)) : lstatSync(path).size

/** Takes away the folders above that hold nothing any more. */
function removeEmpty(root: string, repo: string): void {
  for (const folder of [join(repo, 'refs'), repo, dirname(repo)]) {
    if (folder !== root && lstatSync(folder, { throwIfNoEntry: false }) && list(folder).length === 0) rmdirSync(folder)
  }
}

const revisionText = (name: string): string => (name.includes('@') ? name.slice(name.indexOf('@')) : '')

const failure = (id: string, problem: string): AnyModelError =>
  new AnyModelError('config', `"${id}" ${problem}`, { model: id })
